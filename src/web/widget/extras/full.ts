/** The full client, for when the light one is over: it begins anew and goes on where that stood. */
import { type Core, createCore } from '../../sdk/core.ts';
import type { Storage } from '../../sdk/storage.ts';
import type { Visitor } from '../../sdk/visitor.ts';
import { LINE } from '../light/alone.ts';
import type { Light } from '../light/light.ts';
import type { Hears } from '../light/talk.ts';
import type { load } from '../load.ts';
import { contextOf, NAME } from '../session.ts';

/** Reasons of a stopped line that leave somebody who they are. */
const STAYS = /^(BLOCKED|CLOSED|BAD_FRAMES)$/;
const CHANGES = ['conversation', 'removed', 'loaded', 'participants', 'typing', 'outbox', 'user', 'ticket'] as const;

/**
 * @param made told of the client as soon as there is one, before it has a line
 * @returns the client, once it holds what the light one held
 */
export async function takeOver(
  from: { url: string; storage: Storage; visitor: Visitor; light: Light; hears: Hears; load: typeof load },
  made: (core: Core) => void,
): Promise<Core> {
  const { url, storage, visitor, light, hears, load } = from;
  const { userId, getToken } = visitor;
  // Its parts are asked for again as the chat's own are.
  const core = createCore({ url, getToken, name: NAME, storage, share: LINE, ...(userId ? { userId } : {}) }, load);
  let ready = false;
  for (const name of CHANGES) core.on(name, hears.changed);
  core.on('message', ({ message, added }) => {
    hears.changed();
    if (added && ready) hears.message(message);
  });
  core.on('state', (now) => {
    hears.changed();
    if (now.name !== 'connecting') hears.state(now.name);
    if (now.name === 'stopped' && !STAYS.test(now.reason)) hears.signedOut();
  });
  // What a visitor wrote in a page that is gone goes out as whom the page names meanwhile.
  core.on('user', () => core.adopt(visitor.merged));
  core.on('presence', (users) => {
    for (const one of users) if (one.id === 'team') hears.team(one.state === 'online');
  });
  light.handOver((target, draft) => core.send(target, draft).done);
  made(core);
  const { opened, views, conversations } = light;
  for (const id of opened) core.conversations.open(id).catch(() => {});
  for (const id of views) core.view(id, true);
  core.watchPresence(['team']).catch(() => {});
  core.setPresence('online', contextOf()).catch(() => {});
  await core.connect();
  await Promise.all([...opened].map((id) => core.conversations.open(id).catch(() => {})));
  for (const id of views) core.view(id, true);
  ready = true;
  // What was written while there was no line is told as well.
  for (const id of opened) {
    const newest = conversations.messages(id).at(-1)?.seq;
    const now = core.conversations.messages(id);
    if (newest !== undefined) for (const one of now) if (one.seq > newest) hears.message(one);
  }
  return core;
}
