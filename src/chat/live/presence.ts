/**
 * Who is there: online while a line of theirs is, on whichever server, away when all their lines say so, offline a moment
 * after the last one has gone, or when its server has. In memory: a server that starts again has nobody yet.
 */
import type { Bus } from '../../db/bus.ts';
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import type { Context } from '../../protocol/context.ts';
import { normaliseId } from '../../protocol/id.ts';
import type { Role } from '../../protocol/person.ts';
import type { Presence as PresenceShape, PresenceState } from '../../protocol/presence.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import { type Caller, hasScope, type UserCaller } from '../caller.ts';
import type { Contexts } from '../people/contexts.ts';
import type { Rows } from '../readings/rows.ts';
import { timeOrNull } from '../views.ts';
import { Elsewhere } from './elsewhere.ts';
import { Recent } from './recent.ts';
import type { Sight } from './sight.ts';

export interface PresenceOptions {
  hub: Hub;
  bus: Bus;
  rows: Rows;
  sight: Sight;
  contexts: Contexts;
  /** For how long one without a line is still there, in ms: a page that loads anew is no leaving. */
  graceMs: number;
  /** Wall clock, ms. */
  now: () => number;
  /** Notes that a user was here, once they have gone. */
  noteSeen: (user: number) => void;
  onError: (error: unknown) => void;
}

interface Present {
  readonly uuid: string;
  readonly role: Role;
  /** Few, and there is one of these for everybody who is online: lists are a fifth of the weight of maps. */
  lines: Line[];
  /** Those of them that say so of themselves. */
  away: Line[];
  state: 'online' | 'away';
  going: NodeJS.Timeout | null;
}

/** What a server tells the others of somebody who is there: both are left out of most. */
interface There {
  away?: true;
  /** A person of the team. */
  team?: true;
}

/** What somebody says of all lines of their session. */
interface SetByHttp {
  user: number;
  session: number | null;
  state: 'online' | 'away';
}

/** A user, or the team, as a watcher names them. */
interface Named {
  /** {@link TEAM_KEY} of the team. */
  user: number;
  uuid: string;
  /** What the row has, ms. */
  lastSeenAt: number | null;
}

const KEPT = 20_000;
const TEAM = 'team';
/** No user has it. */
const TEAM_KEY = 0;
const THE_TEAM: Named = { user: TEAM_KEY, uuid: TEAM, lastSeenAt: null };
const NONE: Line[] = [];
const SET_BY_HTTP = 'presence.set';

export type Presence = ReturnType<typeof createPresence>;

export function createPresence({ hub, bus, rows, sight, contexts, graceMs, now, noteSeen, onError }: PresenceOptions) {
  const present = new Map<number, Present>();
  const watchers = new Map<number, { uuid: string; lines: Set<Line> }>();
  const watching = new Map<Line, number[]>();
  const lastSeen = new Recent<number, number>(KEPT);
  let team: PresenceState = 'offline';
  const elsewhere = new Elsewhere<There>({
    bus,
    subject: 'presence',
    own: ownPresent,
    change: (user, take, former, there) => move(user, (there ?? former)?.team === true, take),
  });
  elsewhere.begin();
  bus.hear(SET_BY_HTTP, (body) => {
    const { user, session, state } = body as SetByHttp;
    setHere(user, state, (line) => line.session === session);
  });

  function* ownPresent(): Iterable<[number, There]> {
    for (const [user, one] of present) yield [user, thereOf(one)];
  }

  function stateOf(user: number): PresenceState {
    const here = present.get(user)?.state ?? 'offline';
    if (here === 'online') return here;
    const there = elsewhere.of(user);
    if (there.length === 0) return here;
    return there.some(({ away }) => away === undefined) ? 'online' : 'away';
  }

  function bestOfTeam(): PresenceState {
    let best: PresenceState = 'offline';
    for (const { role, state } of present.values()) {
      if (!isPersonOfTeam(role)) continue;
      if (state === 'online') return state;
      best = state;
    }
    for (const [, there] of elsewhere.all()) {
      if (there.team === undefined) continue;
      if (there.away === undefined) return 'online';
      best = 'away';
    }
    return best;
  }

  function shapeOf({ user, uuid, lastSeenAt }: Named): PresenceShape {
    if (user === TEAM_KEY) return { id: TEAM, state: team, lastSeenAt: null };
    const state = stateOf(user);
    const seen = state === 'offline' ? (lastSeen.get(user) ?? lastSeenAt) : now();
    return { id: uuid, state, lastSeenAt: timeOrNull(seen) };
  }

  /** Takes in what is new about somebody, and tells what they are now where that is another state. */
  function move(user: number, isOfTeam: boolean, take: () => void): void {
    const before = stateOf(user);
    take();
    const state = stateOf(user);
    if (state === before) return;
    if (state === 'offline') lastSeen.set(user, now());
    const watched = watchers.get(user);
    if (watched !== undefined) {
      void tellWatchers(user, shapeOf({ user, uuid: watched.uuid, lastSeenAt: null })).catch(onError);
    }
    if (isOfTeam) tellOfTeam();
  }

  /** The same of somebody with lines here, for the other servers too. */
  function moveHere(user: number, one: Present, take: () => void): void {
    move(user, isPersonOfTeam(one.role), take);
    elsewhere.tell(user, present.has(user) ? thereOf(one) : null);
  }

  async function tellWatchers(user: number, shape: PresenceShape): Promise<void> {
    const lines = [...(watchers.get(user)?.lines ?? [])];
    // Judged each time: who has left the room sees no more than before they came.
    const seeing = await Promise.all(lines.map((line) => sight.sees({ id: line.user, role: line.role }, user)));
    // Of two changes that come quickly the first is not told behind the second.
    if (stateOf(user) !== shape.state) return;
    const frame = new Frame({ type: 'presence', users: [shape] });
    for (const [index, line] of lines.entries()) if (seeing[index]) hub.deliver(line, frame);
  }

  function tellOfTeam(): void {
    const best = bestOfTeam();
    if (best === team) return;
    team = best;
    const frame = new Frame({ type: 'presence', users: [shapeOf(THE_TEAM)] });
    for (const line of watchers.get(TEAM_KEY)?.lines ?? []) hub.deliver(line, frame);
  }

  function settle(user: number, one: Present): void {
    const state = one.away.length < one.lines.length ? 'online' : 'away';
    if (state === one.state) return;
    moveHere(user, one, () => {
      one.state = state;
    });
  }

  function unwatch(line: Line): void {
    for (const user of watching.get(line) ?? []) {
      const watched = watchers.get(user);
      watched?.lines.delete(line);
      if (watched?.lines.size === 0) watchers.delete(user);
    }
    watching.delete(line);
  }

  function gone(user: number, one: Present): void {
    moveHere(user, one, () => present.delete(user));
    noteSeen(user);
  }

  /** What those lines of a user say of themselves that are here. */
  function setHere(user: number, state: 'online' | 'away', isOne: (line: Line) => boolean): void {
    const one = present.get(user);
    const own = one?.lines.filter(isOne) ?? NONE;
    if (one === undefined || own.length === 0) return;
    for (const line of own) {
      one.away = without(one.away, line);
      if (state === 'away') one.away = [...one.away, line];
    }
    settle(user, one);
  }

  /** Those that the caller may see; whom they may not see, and who does not exist, is left out alike. */
  async function find(who: { id: number; role: Role } | null, userIds: readonly string[]): Promise<Named[]> {
    const named = [...new Set(userIds.map(normalised))].map(async (id): Promise<Named[]> => {
      if (id === TEAM) return [THE_TEAM];
      const row = await rows.userByUuid.get({ uuid: id });
      if (row === undefined || (who !== null && !(await sight.sees(who, row.id)))) return [];
      return [{ user: row.id, uuid: row.uuid, lastSeenAt: row.lastSeenAt }];
    });
    return (await Promise.all(named)).flat();
  }

  return {
    stateOf,

    /** The team as customers see it: as good as the best of its people. */
    team: (): PresenceState => team,

    /** A line has said who it is; one that is gone already is not there. */
    join(line: Line, uuid: string): void {
      if (!hub.has(line)) return;
      const former = present.get(line.user);
      if (former === undefined) {
        const one: Present = {
          uuid,
          role: line.role,
          lines: [line],
          away: NONE,
          state: 'online',
          going: null,
        };
        moveHere(line.user, one, () => present.set(line.user, one));
        return;
      }
      if (former.going !== null) clearTimeout(former.going);
      former.going = null;
      former.lines.push(line);
      settle(line.user, former);
    },

    leave(line: Line): void {
      unwatch(line);
      const one = present.get(line.user);
      if (!one?.lines.includes(line)) return;
      one.lines = one.lines.filter((other) => other !== line);
      one.away = without(one.away, line);
      if (one.lines.length > 0) settle(line.user, one);
      else if (graceMs === 0) gone(line.user, one);
      else one.going = setTimeout(() => gone(line.user, one), graceMs).unref();
    },

    /**
     * What a line says of itself; without a line, all lines of the caller's session, for those who ask by HTTP.
     * The context is kept for the next conversation that they begin.
     */
    async set(
      caller: UserCaller,
      state: 'online' | 'away',
      line: Line | null,
      context: Context | undefined,
    ): Promise<void> {
      const user = await rows.user.get({ id: caller.id });
      if (user?.blockedAt != null) throw new Refusal('BLOCKED');
      if (context !== undefined) contexts.tell(caller.id, context);
      if (line !== null) return setHere(caller.id, state, (other) => other === line);
      const { id, session } = caller;
      setHere(id, state, (other) => other.session === session);
      if (bus.others.size > 0) bus.tell(SET_BY_HTTP, { user: id, session, state } satisfies SetByHttp);
    },

    /** Replaces whom a line watches, and answers how they are now. */
    async watch(caller: UserCaller, line: Line, userIds: readonly string[]): Promise<PresenceShape[]> {
      unwatch(line);
      const seen = await find(caller, userIds);
      if (hub.has(line)) {
        watching.set(
          line,
          seen.map(({ user }) => user),
        );
        for (const { user, uuid } of seen) {
          const watched = watchers.get(user) ?? { uuid, lines: new Set() };
          watchers.set(user, watched);
          watched.lines.add(line);
        }
      }
      return seen.map(shapeOf);
    },

    /** How users are now, for one who asks once. */
    async look(caller: Caller, userIds: readonly string[]): Promise<PresenceShape[]> {
      if (caller.kind === 'key' && !hasScope(caller, 'users')) throw new Refusal('FORBIDDEN');
      return (await find(caller.kind === 'key' ? null : caller, userIds)).map(shapeOf);
    },

    stop(): void {
      for (const { going } of present.values()) if (going !== null) clearTimeout(going);
    },
  };
}

function thereOf({ role, state }: Present): There {
  return { ...(state === 'away' ? { away: true } : {}), ...(isPersonOfTeam(role) ? { team: true } : {}) };
}

/** The list itself where the line is not in it. */
function without(lines: Line[], line: Line): Line[] {
  return lines.includes(line) ? lines.filter((other) => other !== line) : lines;
}

function normalised(id: string): string {
  return id === TEAM ? id : normaliseId(id);
}
