/**
 * How a line begins: who it is, what it follows, where it stands. Follow first, read then: what is published until all that
 * the reading saw has been waits, and what the reading had is dropped.
 */
import type { Store } from '../../db/store.ts';
import type { Hub } from '../../hub/hub.ts';
import { Line, type Outlet } from '../../hub/line.ts';
import type { Limits, Ticket, Welcome } from '../../protocol/answers.ts';
import type { Changes, Sync } from '../../protocol/catching-up.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import type { RequestOf } from '../../protocol/commands.ts';
import type { Me } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { UserCaller } from '../caller.ts';
import type { SignedIn } from '../people/identity.ts';
import type { Readings } from '../readings/readings.ts';
import { userOnly } from '../readings/threads.ts';
import { Held } from './held.ts';
import type { Inbox } from './inbox.ts';
import type { Presence } from './presence.ts';
import type { StillGood } from './still-good.ts';
import type { Viewers } from './viewers.ts';

export interface HelloOptions {
  hub: Hub;
  readings: Pick<Readings, 'hello' | 'rooms' | 'cursor'>;
  me: (caller: UserCaller) => Promise<Me>;
  signIn: (token: string, address: string | null) => Promise<SignedIn>;
  claimRooms: (user: UserCaller, externalIds: readonly string[]) => Promise<void>;
  stillGood: StillGood;
  /** Has what is read by it see one state of everything. */
  reading: Store['reading'];
  clock: Store['clock'];
  inbox: Inbox;
  presence: Presence;
  viewers: Viewers;
  ticketFor: (userUuid: string) => Ticket;
  epoch: string;
  version: string;
  limits: Limits;
  heartbeatMs: number;
  /** Open lines of one user. */
  linesPerUser: number;
}

/** What a client says of itself beside its token. */
export type Said = Pick<RequestOf<'hello'>, 'cursor' | 'revs' | 'inbox'>;

export function createHello(options: HelloOptions) {
  const { hub, readings, presence, inbox, viewers, stillGood } = options;

  async function welcomed(caller: UserCaller, read: Changes & { synced: Record<string, Sync> }): Promise<Welcome> {
    const { version, heartbeatMs, limits } = options;
    const ticket = options.ticketFor(caller.uuid);
    return { type: 'welcome', version, user: await options.me(caller), heartbeatMs, limits, ticket, ...read };
  }

  /** Whoever's role is another by now has to come in by another line. */
  async function check(caller: UserCaller, line: Line): Promise<void> {
    try {
      await stillGood(caller);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'MERGED') line.end(closeCodes.AUTH_CHANGED, 0);
      throw error;
    }
  }

  return {
    /** Who a token speaks for, on a line. Throws: API keys speak HTTP alone, and the blocked hear nothing. */
    async recognise(token: string, address: string | null): Promise<UserCaller> {
      const { caller, rooms } = await options.signIn(token, address);
      const user = userOnly(caller);
      await stillGood(user);
      if (rooms.length > 0) await options.claimRooms(user, rooms);
      return user;
    },

    /** Whether the caller may open one more line. */
    hasRoomFor: (caller: UserCaller): boolean => hub.ofUser(caller.id).length < options.linesPerUser,

    /** From here on the line is delivered to, and holds it back until `release`. The caller given speaks for it. */
    follow(caller: UserCaller, outlet: Outlet): { line: Line; caller: UserCaller } {
      const line = new Line({ user: caller.id, role: caller.role, session: caller.session }, outlet);
      hub.add(line);
      line.hold();
      return { line, caller: { ...caller, line: line.id } };
    },

    /** The answer to hello; `release` is to be called right behind it. */
    async greet(caller: UserCaller, line: Line, said: Said): Promise<{ welcome: Welcome; release: () => void }> {
      if (said.inbox) inbox.begin(caller, line);
      hub.enterRooms(line, await readings.rooms(caller.id));
      const [read, position] = await options.reading(async () => {
        await check(caller, line);
        return Promise.all([readings.hello(caller, { cursor: said.cursor, revs: said.revs }), options.clock()]);
      });
      await hub.reached(position);
      const held = new Held().changes(read);
      for (const [id, sync] of Object.entries(read.synced)) held.sync(id, sync);
      const release = () => {
        line.release(held.has);
        presence.join(line, caller.uuid);
        if (said.inbox) inbox.touch();
      };
      return { welcome: await welcomed(caller, read), release };
    },

    /** Hello on an open line: another token of the same user, and nothing else. */
    async greetAgain(former: UserCaller, line: Line, token: string): Promise<{ caller: UserCaller; welcome: Welcome }> {
      const known = await this.recognise(token, former.address ?? null);
      if (known.id !== former.id) throw new Refusal('FORBIDDEN', { message: 'Open another line for another user.' });
      const caller = { ...known, line: line.id };
      line.session = caller.session;
      await check(caller, line);
      const cursor = readings.cursor(caller, hub.positionOf(line));
      const nothing = { reset: false, more: false, conversations: [], removed: [], synced: {} };
      return { caller, welcome: await welcomed(caller, { epoch: options.epoch, cursor, ...nothing }) };
    },

    /** Forgets a line and all that it followed; called again it does nothing. */
    leave(line: Line): void {
      inbox.unwatch(line);
      hub.remove(line);
      presence.leave(line);
      viewers.left(line);
    },
  };
}
