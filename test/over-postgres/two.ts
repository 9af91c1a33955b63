/** Two servers on one database, both in this process. */
import type { Test } from 'tap';
import type { Config } from '../../src/config.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';

export const watch = (...userIds: string[]) => ({ type: 'presence.watch', userIds });

/** To look for the event which tells that somebody is in that state. */
export const presenceOf = (id: string, state: string) => (event: Body) =>
  event.type === 'presence' && event.users[0].id === id && event.users[0].state === state;

/** The same person at another server. */
export const at = (app: Pick<TestApp, 'actor'>, { token, user }: Actor): Actor => app.actor(token, user);

/** Two servers that know of each other. */
export async function startTwo(
  t: Test,
  config: Partial<Config> & { database: string },
): Promise<{ one: TestApp; other: TestApp }> {
  const [one, other] = [await startApp(t, config), await startApp(t, config)];
  await acquainted(one, other);
  return { one, other };
}

/** Until what is told at either is heard at the other. */
export async function acquainted(one: TestApp, other: TestApp): Promise<void> {
  const [here, there] = [await one.admin(), await other.admin()];
  const [a, b] = [await here.connect(), await there.connect()];
  const isAway = presenceOf(here.user.id, 'away');
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    await to.call(watch(here.user.id));
    await a.call({ type: 'presence.set', state: 'online' });
    await b.call({ type: 'presence.set', state: 'online' });
    await to.call({ type: 'presence.set', state: 'away' });
    await from.call({ type: 'presence.set', state: 'away' });
    await to.event(isAway);
  }
  a.socket.close();
  b.socket.close();
  await Promise.all([a.closed, b.closed]);
}
