/** What is not durable, and what keeps open lines: hello, typing, presence, viewers, delivered marks, the inbox. */
import type { Store } from '../../db/store.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import type { Limits, Ticket } from '../../protocol/answers.ts';
import type { Changes, Sync } from '../../protocol/catching-up.ts';
import { normaliseId } from '../../protocol/id.ts';
import type { Me } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import type { Caller, UserCaller } from '../caller.ts';
import type { Contexts } from '../people/contexts.ts';
import type { SignedIn } from '../people/identity.ts';
import type { MarkPublication, Publication } from '../publication.ts';
import type { Readings } from '../readings/readings.ts';
import { prepareRows } from '../readings/rows.ts';
import { createThreads, userOnly } from '../readings/threads.ts';
import { createUnreadCount } from '../readings/unread-count.ts';
import { createDelivered } from './delivered.ts';
import { Held } from './held.ts';
import { createHello } from './hello.ts';
import { createInbox } from './inbox.ts';
import { createOpenInboxes } from './open-inboxes.ts';
import { createPresence } from './presence.ts';
import { createSight } from './sight.ts';
import { createStillGood } from './still-good.ts';
import { createTyping } from './typing.ts';
import { createViewers } from './viewers.ts';
import { Ear, patience } from './wait-for-change.ts';

export interface LiveOptions {
  hub: Hub;
  store: Pick<Store, 'questions' | 'reading' | 'clock' | 'epoch' | 'position' | 'bus'>;
  readings: Readings;
  me: (caller: UserCaller) => Promise<Me>;
  signIn: (token: string, address: string | null) => Promise<SignedIn>;
  claimRooms: (user: UserCaller, externalIds: readonly string[]) => Promise<void>;
  ticketFor: (userUuid: string) => Ticket;
  contexts: Contexts;
  /** Tells the lines of a mark that no change of the store moved. */
  announce: (publication: MarkPublication) => void;
  noteSeen: (user: number) => void;
  /** Whether the team reads what customers are writing before it is sent. */
  showsTyping: () => boolean;
  onError: (error: unknown) => void;
  now: () => number;
  version: string;
  limits: Limits;
  config: { heartbeatMs: number; presenceGraceMs: number; socketsPerUser: number };
}

export type Live = ReturnType<typeof createLive>;

export function createLive(options: LiveOptions) {
  const { hub, store, readings, contexts, now, config } = options;
  const { onError } = options;
  const { bus } = store;
  const rows = prepareRows(store.questions);
  const threads = createThreads(rows);
  // What the file has at the start counts as published: nobody was there to hear it.
  hub.position = Math.max(hub.position, store.position);
  const typing = createTyping({ hub, bus, rows, threads, showsText: options.showsTyping, onError });
  const unread = createUnreadCount(store.questions);
  const viewers = createViewers({ hub, bus, rows, threads, readings, onError });
  const inbox = createInbox({ hub, counts: readings.counts, onError });
  const inboxes = createOpenInboxes(hub, bus);
  const delivered = createDelivered({ hub, bus, rows, threads, unread, announce: options.announce, onError });
  const presence = createPresence({
    hub,
    bus,
    rows,
    contexts,
    now,
    onError,
    sight: createSight(store.questions),
    graceMs: config.presenceGraceMs,
    noteSeen: options.noteSeen,
  });
  const hello = createHello({
    hub,
    inbox,
    presence,
    viewers,
    readings,
    me: options.me,
    signIn: options.signIn,
    claimRooms: options.claimRooms,
    stillGood: createStillGood(store.questions, rows),
    reading: store.reading,
    clock: () => store.clock(),
    ticketFor: options.ticketFor,
    epoch: store.epoch,
    version: options.version,
    limits: options.limits,
    heartbeatMs: config.heartbeatMs,
    linesPerUser: config.socketsPerUser,
  });

  return {
    ...hello,
    typing,
    viewers,
    inbox,
    inboxes,
    delivered,
    presence,

    /** Where the caller is in everything that was already published to the line. */
    cursorOf: (caller: UserCaller, line: Line): string => readings.cursor(caller, hub.positionOf(line)),

    /** Catches a line up with one thread. What is published meanwhile waits for `release`, right behind the answer. */
    async sync(
      caller: UserCaller,
      line: Line,
      conversationId: string,
      since: number,
      epoch: string | undefined,
    ): Promise<{ sync: Sync; release: () => void }> {
      line.hold();
      try {
        const [sync, position] = await store.reading(() =>
          Promise.all([readings.sync(caller, conversationId, { since, epoch }), store.clock()]),
        );
        await hub.reached(position);
        const held = new Held().sync(normaliseId(conversationId), sync);
        return { sync, release: () => line.release(held.has) };
      } catch (error) {
        line.release(() => false);
        throw error;
      }
    },

    /**
     * What changed since a cursor, as soon as there is something: the long poll.
     *
     * @param waitMs how long to wait for a change; 0 answers at once
     * @param signal aborted when nobody waits for the answer any more
     */
    async changes(asking: Caller, cursor: string | undefined, waitMs: number, signal?: AbortSignal): Promise<Changes> {
      const caller = userOnly(asking);
      if (waitMs === 0) return readings.changes(caller, cursor);
      if (!hello.hasRoomFor(caller)) {
        throw new Refusal('RATE_LIMITED', { message: 'There are too many open lines.', retryMs: waitMs });
      }
      const ear = new Ear();
      const { line } = hello.follow(caller, ear);
      try {
        // Held events would wake nobody.
        line.release(() => false);
        hub.watch(line, isPersonOfTeam(caller.role));
        hub.enterRooms(line, await readings.rooms(caller.id));
        presence.join(line, caller.uuid);
        const first = await readings.changes(caller, cursor);
        if (first.reset || first.more || first.conversations.length > 0 || first.removed.length > 0) return first;
        // Whose token ends meanwhile waits no longer than that, and is told nothing more. A timer may be early by 1 ms.
        await patience(ear.changed, Math.min(waitMs, caller.expiresAt - now() + 1), signal);
        if (caller.expiresAt <= now()) throw new Refusal('TOKEN_EXPIRED');
        // Blocked, or of another role: what this caller might read is for the next one to say.
        return ear.ended ? first : await readings.changes(caller, first.cursor);
      } finally {
        hello.leave(line);
      }
    },

    /** Called with each publication, in its place: what others have to hear because of it. */
    told(publication: Publication): void {
      if (publication.type === 'gone') {
        if (publication.before.kind === 'support') inbox.touch();
        viewers.changed(publication.before.id);
      }
      if (publication.type !== 'thread') return;
      const { after, events } = publication;
      if (after.kind === 'support') inbox.touch();
      viewers.changed(after.id);
      for (const { event } of events) {
        if (event.type === 'message.created' && event.message.author !== null) {
          typing.wrote(event.conversationId, event.message.author.id);
        }
      }
    },

    /** At the end of the process: no timer stays behind. */
    stop(): void {
      typing.stop();
      presence.stop();
      inbox.stop();
    },
  };
}
