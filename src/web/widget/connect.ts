/** The line to the server, of whoever writes here. */
import type { Message } from '../../protocol/message.ts';
import { type Core, createCore } from '../sdk/core.ts';
import type { Storage } from '../sdk/storage.ts';
import { contextOf, NAME, type Session } from './session.ts';

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

/** Reasons of a stopped line that leave somebody who they are. */
const STAYS = /^(BLOCKED|CLOSED|BAD_FRAMES)$/;
const CHANGES = ['conversation', 'removed', 'loaded', 'participants', 'typing', 'outbox', 'user', 'ticket'] as const;

export function connect(url: string, storage: Storage, { userId, getToken }: Session, hears: Hears): Core {
  const client = createCore({
    url,
    getToken,
    name: NAME,
    storage,
    share: `parley.${NAME}.line`,
    ...(userId ? { userId } : {}),
  });
  for (const name of CHANGES) client.on(name, hears.changed);
  client.on('message', ({ message, added }) => {
    hears.changed();
    if (added) hears.message(message);
  });
  client.on('state', (now) => {
    hears.changed();
    hears.state(now.name);
    if (now.name === 'stopped' && !STAYS.test(now.reason)) hears.signedOut();
  });
  client.on('presence', (users) => {
    for (const one of users) if (one.id === 'team') hears.team(one.state === 'online');
  });
  client.connect().catch(() => {});
  client.watchPresence(['team']).catch(() => {});
  client.setPresence('online', contextOf()).catch(() => {});
  return client;
}
