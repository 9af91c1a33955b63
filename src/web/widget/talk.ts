/**
 * What it takes to talk, loaded when somebody begins to write or has been here before: who they are, the line to the
 * server, and the log of what is said.
 */
import type { Message } from '../../protocol/message.ts';
import { type Core, createCore } from '../sdk/core.ts';
import type { Ctx } from './context.ts';
import { createLog, type Log } from './log.ts';
import { type LogState, logRows } from './log-rows.ts';
import { fillText, type Handling } from './message.ts';
import { contextOf, createSession, NAME, type Session } from './session.ts';
import css from './talk.css';

/** What the chat hears of the line. */
export type Hears = {
  changed(): void;
  /** A message was written just now, by anybody. */
  message(message: Message): void;
  state(name: string): void;
  /** The server knows whoever was here no longer. */
  signedOut(): void;
  /** Whether somebody of the team is online. */
  team(online: boolean): void;
};

export type Talk = {
  readonly session: Session;
  connect(hears: Hears): Core;
  /** The log of a panel; `draw` shows a state of it. */
  log(
    root: ShadowRoot,
    handling: Handling,
    told: { older(): void; moved(): void },
  ): Log & { draw(state: LogState): void };
};

/** Reasons of a stopped line that leave somebody who they are. */
const STAYS = /^(BLOCKED|CLOSED|BAD_FRAMES)$/;
const CHANGES = ['conversation', 'removed', 'loaded', 'participants', 'typing', 'outbox', 'user', 'ticket'] as const;

export function createTalk(ctx: Ctx): Talk {
  const { boot, storage } = ctx;
  const session = createSession(boot.url, storage, () => ctx.traits);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return {
    session,
    connect({ changed, message, state, signedOut, team }) {
      const { userId } = session;
      const client = createCore({
        url: boot.url,
        getToken: session.getToken,
        name: NAME,
        storage,
        share: `parley.${NAME}.line`,
        ...(userId ? { userId } : {}),
      });
      for (const name of CHANGES) client.on(name, changed);
      client.on('message', (one) => {
        changed();
        if (one.added) message(one.message);
      });
      client.on('state', (now) => {
        changed();
        state(now.name);
        if (now.name === 'stopped' && !STAYS.test(now.reason)) signedOut();
      });
      client.on('presence', (users) => {
        for (const one of users) if (one.id === 'team') team(one.state === 'online');
      });
      client.connect().catch(() => {});
      client.watchPresence(['team']).catch(() => {});
      client.setPresence('online', contextOf()).catch(() => {});
      return client;
    },
    log(root, handling, told) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((one) => one !== sheet), sheet];
      const fill = (element: HTMLElement, text: string) => fillText(element, text, true, handling.late);
      const log = createLog(ctx, { ...told, fill });
      return Object.assign(log, { draw: (state: LogState) => log.update(logRows(ctx, handling, state)) });
    },
  };
}
