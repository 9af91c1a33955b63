/**
 * Who is there: online while a line of theirs is, away when all their lines say so, offline a moment after the last
 * one has gone. In memory: a server that starts again has nobody yet.
 */
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
import { Recent } from './recent.ts';
import type { Sight } from './sight.ts';

export interface PresenceOptions {
  hub: Hub;
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

const KEPT = 20_000;
const TEAM = 'team';
const NONE: Line[] = [];

export type Presence = ReturnType<typeof createPresence>;

export function createPresence({ hub, rows, sight, contexts, graceMs, now, noteSeen, onError }: PresenceOptions) {
  const present = new Map<number, Present>();
  const watchers = new Map<string, Set<Line>>();
  const watching = new Map<Line, string[]>();
  const lastSeen = new Recent<number, number>(KEPT);
  let team: PresenceState = 'offline';

  function stateOf(user: number): PresenceState {
    return present.get(user)?.state ?? 'offline';
  }

  function bestOfTeam(): PresenceState {
    let best: PresenceState = 'offline';
    for (const { role, state } of present.values()) {
      if (!isPersonOfTeam(role)) continue;
      if (state === 'online') return state;
      best = state;
    }
    return best;
  }

  function shapeOf(user: number, uuid: string, kept: number | null): PresenceShape {
    const state = stateOf(user);
    const seen = state === 'offline' ? (lastSeen.get(user) ?? kept) : now();
    return { id: uuid, state, lastSeenAt: timeOrNull(seen) };
  }

  const shapeOfTeam = (): PresenceShape => ({ id: TEAM, state: team, lastSeenAt: null });

  function tell(user: number, { uuid, role }: Present): void {
    if (watchers.has(uuid)) void tellWatchers(user, uuid, shapeOf(user, uuid, null)).catch(onError);
    if (isPersonOfTeam(role)) tellOfTeam();
  }

  async function tellWatchers(user: number, uuid: string, shape: PresenceShape): Promise<void> {
    const lines = [...(watchers.get(uuid) ?? [])];
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
    const frame = new Frame({ type: 'presence', users: [shapeOfTeam()] });
    for (const line of watchers.get(TEAM) ?? []) hub.deliver(line, frame);
  }

  function settle(user: number, one: Present): void {
    const state = one.away.length < one.lines.length ? 'online' : 'away';
    if (state === one.state) return;
    one.state = state;
    tell(user, one);
  }

  function unwatch(line: Line): void {
    for (const uuid of watching.get(line) ?? []) {
      const lines = watchers.get(uuid);
      lines?.delete(line);
      if (lines?.size === 0) watchers.delete(uuid);
    }
    watching.delete(line);
  }

  function gone(user: number, one: Present): void {
    present.delete(user);
    lastSeen.set(user, now());
    noteSeen(user);
    tell(user, one);
  }

  /** Of those that the caller may see; whom they may not see, and who does not exist, is left out alike. */
  async function look(who: { id: number; role: Role } | null, ids: readonly string[]): Promise<PresenceShape[]> {
    const seen = ids.map(async (id) => {
      const row = id === TEAM ? undefined : await rows.userByUuid.get({ uuid: id });
      return row !== undefined && (who === null || (await sight.sees(who, row.id))) ? row : null;
    });
    const found = await Promise.all(seen);
    return ids.flatMap((id, index) => {
      if (id === TEAM) return shapeOfTeam();
      const row = found[index];
      return row == null ? [] : shapeOf(row.id, row.uuid, row.lastSeenAt);
    });
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
        present.set(line.user, one);
        tell(line.user, one);
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
      const one = present.get(caller.id);
      if (one === undefined) return;
      const own = one.lines.filter((other) => other === line || (line === null && other.session === caller.session));
      for (const other of own) {
        one.away = without(one.away, other);
        if (state === 'away') one.away = [...one.away, other];
      }
      if (own.length > 0) settle(caller.id, one);
    },

    /** Replaces whom a line watches, and answers how they are now. */
    async watch(caller: UserCaller, line: Line, userIds: readonly string[]): Promise<PresenceShape[]> {
      unwatch(line);
      const ids = [...new Set(userIds.map(normalised))];
      const users = await look(caller, ids);
      const seen = users.map(({ id }) => id);
      if (!hub.has(line)) return users;
      watching.set(line, seen);
      for (const id of seen) {
        const lines = watchers.get(id);
        if (lines === undefined) watchers.set(id, new Set([line]));
        else lines.add(line);
      }
      return users;
    },

    /** How users are now, for one who asks once. */
    async look(caller: Caller, userIds: readonly string[]): Promise<PresenceShape[]> {
      if (caller.kind === 'key' && !hasScope(caller, 'users')) throw new Refusal('FORBIDDEN');
      return look(caller.kind === 'key' ? null : caller, [...new Set(userIds.map(normalised))]);
    },

    stop(): void {
      for (const { going } of present.values()) if (going !== null) clearTimeout(going);
    },
  };
}

/** The list itself where the line is not in it. */
function without(lines: Line[], line: Line): Line[] {
  return lines.includes(line) ? lines.filter((other) => other !== line) : lines;
}

function normalised(id: string): string {
  return id === TEAM ? id : normaliseId(id);
}
