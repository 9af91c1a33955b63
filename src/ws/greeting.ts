/** What comes of a socket's first hello: a line, or a refusal that closes it. A wrong token is thrown, and may be tried again. */
import type { UserCaller } from '../chat/caller.ts';
import type { Live } from '../chat/live/live.ts';
import type { Line } from '../hub/line.ts';
import type { Welcome } from '../protocol/answers.ts';
import type { RequestOf } from '../protocol/commands.ts';
import type { Place } from './admission.ts';
import { tooMany } from './admit.ts';
import type { SocketOutlet } from './outlet.ts';

export type Greeting =
  | { name: 'welcome'; caller: UserCaller; line: Line; welcome: Welcome; release: () => void }
  | { name: 'too-many'; refusal: ReturnType<typeof tooMany> }
  /** The socket has gone meanwhile. */
  | { name: 'gone' };

export async function greet(
  live: Live,
  request: RequestOf<'hello'>,
  from: { token: string; ip: string | null },
  place: Place,
  outlet: SocketOutlet,
): Promise<Greeting> {
  const known = await live.recognise(from.token, from.ip);
  if (outlet.ended) return { name: 'gone' };
  if (!live.hasRoomFor(known) || !place.spoke(known.anonymous)) return { name: 'too-many', refusal: tooMany() };
  const { line, caller } = live.follow(known, outlet);
  try {
    const { welcome, release } = await live.greet(caller, line, request);
    if (!outlet.ended) return { name: 'welcome', caller, line, welcome, release };
    live.leave(line);
    return { name: 'gone' };
  } catch (error) {
    live.leave(line);
    throw error;
  }
}
