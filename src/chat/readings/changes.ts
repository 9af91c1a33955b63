/** Catching up with everything that a caller may read, by a cursor; and what `hello` brings beside it. */

import type { Maybe } from '../../db/questions.ts';
import type { Changes, Sync } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import { normaliseId } from '../../protocol/id.ts';
import { CHANGES_PAGE, CHANGES_RESET_CONVERSATIONS, SYNC_PAGE } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Caller, UserCaller } from '../caller.ts';
import type { Changed, ChangedConversations, Removed } from './changed-conversations.ts';
import type { ConversationViews } from './conversation-views.ts';
import { continues, cursorOf, readCursor } from './cursor.ts';
import type { createList } from './list.ts';
import { bytesOf, PAGE_BUDGET } from './page-bytes.ts';
import type { RowsOfMany } from './rows-of-many.ts';
import type { BegunSync, SyncReading } from './sync.ts';
import { userOnly } from './threads.ts';

interface Parts {
  conversations: ConversationViews;
  many: RowsOfMany;
  changed: ChangedConversations;
  list: ReturnType<typeof createList>['list'];
  sync: SyncReading;
  epoch: string;
  /** The position of the newest commit, µs. */
  clock: () => Maybe<number>;
}

/** What a line that opens holds already: its place, and of which threads it has the messages up to which rev. */
export interface HeldByLine {
  cursor?: string | undefined;
  revs?: Readonly<Record<string, number>> | undefined;
}

/** Below this an answer is not worth beginning: the client asks for that thread by itself. */
const SMALLEST_SYNC_BYTES = 4 * 1024;

/** With the change by which a page is known to be full. */
const READ_TOGETHER = CHANGES_PAGE + 1;

/** Of a thread that is not to be read: null. */
function asRefusal(error: unknown): null {
  if (!(error instanceof Refusal)) throw error;
  return null;
}

/** Takes the first of `found` out that are read together: they bring no more than one thread may. */
function takeTogether(found: [id: string, begun: BegunSync][]): [id: string, begun: BegunSync][] {
  let most = 0;
  const end = found.findIndex(([, one], index) => {
    most += one.most;
    return index > 0 && most > SYNC_PAGE;
  });
  return found.splice(0, end === -1 ? found.length : end);
}

export function createChanges({ conversations, many, changed, list, sync, epoch, clock }: Parts) {
  async function anew(caller: UserCaller, now: number): Promise<Changes> {
    const { items } = await list(caller, { limit: CHANGES_RESET_CONVERSATIONS });
    const cursor = cursorOf(epoch, caller, now);
    return { epoch, reset: true, more: false, cursor, conversations: items, removed: [] };
  }

  /** Gives what tells each of `found`: the conversation, the id of one that may no longer be read, or nothing. */
  async function teller(caller: UserCaller, found: readonly (Changed | Removed)[]) {
    const held = await many.conversations(found.flatMap((change) => ('id' in change ? change.id : [])));
    const readable = found.flatMap((change) => ('id' in change && !change.gone ? (held.get(change.id) ?? []) : []));
    const show = await conversations.ofMany(many, caller, readable);
    return (change: Changed | Removed): Conversation | string | null => {
      if ('uuid' in change) return change.uuid;
      const row = held.get(change.id);
      if (row === undefined) return null;
      return change.gone ? row.uuid : show(row);
    };
  }

  /** A page of `found`: never a part of what one change did, and at least the first change. */
  async function page(caller: UserCaller, found: readonly (Changed | Removed)[], now: number): Promise<Changes> {
    const shown: Conversation[] = [];
    const removed: string[] = [];
    let left = PAGE_BUDGET;
    let end = 0;
    let [shownAtEnd, removedAtEnd] = [0, 0];
    let tell = await teller(caller, []);
    for (const [index, change] of found.entries()) {
      if (index % READ_TOGETHER === 0) tell = await teller(caller, found.slice(index, index + READ_TOGETHER));
      const { position } = change;
      if (index > 0 && position !== found[index - 1]?.position) {
        end = index;
        [shownAtEnd, removedAtEnd] = [shown.length, removed.length];
      }
      const told = tell(change);
      if (told === null) continue;
      left -= bytesOf(told);
      if (end > 0 && (index >= CHANGES_PAGE || left < 0)) {
        const cursor = cursorOf(epoch, caller, found[end - 1]?.position ?? now);
        const conversations = shown.slice(0, shownAtEnd);
        return { epoch, reset: false, more: true, cursor, conversations, removed: removed.slice(0, removedAtEnd) };
      }
      if (typeof told === 'string') removed.push(told);
      else shown.push(told);
    }
    return { epoch, reset: false, more: false, cursor: cursorOf(epoch, caller, now), conversations: shown, removed };
  }

  async function changes(caller: UserCaller, cursor: string | undefined): Promise<Changes> {
    const now = await clock();
    const held = cursor === undefined ? null : readCursor(cursor);
    const since = continues(held, epoch, caller, now);
    const found = since === null ? null : await changed.since(caller, since);
    return found === null ? anew(caller, now) : page(caller, found, now);
  }

  /** Of the threads that a client holds: what is new in each, in all no more than one page's bytes. */
  async function synced(caller: UserCaller, { cursor, revs = {} }: HeldByLine) {
    const heldEpoch = cursor === undefined ? undefined : readCursor(cursor)?.epoch;
    const removed: string[] = [];
    const pages: Record<string, Sync> = {};
    const found: [id: string, begun: BegunSync][] = [];
    let left = PAGE_BUDGET;
    const asked = Object.entries(revs).map(([given, since]) => ({ id: normaliseId(given), since }));
    const begun = await Promise.all(
      asked.map(({ id, since }) => sync.begin(caller, id, { since, epoch: heldEpoch }).catch(asRefusal)),
    );
    for (const [index, { id }] of asked.entries()) {
      const one = begun[index] ?? null;
      if (one === null) removed.push(id);
      else {
        pages[id] = one.empty;
        left -= bytesOf(one.empty) + id.length + 4;
        found.push([id, one]);
      }
    }
    let first = true;
    while (found.length > 0 && (first || left >= SMALLEST_SYNC_BYTES)) {
      const some = takeTogether(found);
      const read = await Promise.all(some.map(([, one]) => one.read()));
      for (const [index, [id, one]] of some.entries()) {
        if (!first && left < SMALLEST_SYNC_BYTES) continue;
        const beside = bytesOf(one.empty);
        const full = (await read[index]?.(Math.max(left, 0) + beside)) ?? one.empty;
        const more = bytesOf(full) - beside;
        // One message may be larger than what is left: unless it is the first, it waits for the client's own request.
        if (!first && more > left) continue;
        first = false;
        left -= more;
        pages[id] = full;
      }
    }
    return { synced: pages, removed };
  }

  return {
    /** Throws `FORBIDDEN` for an API key. */
    changes: async (caller: Caller, cursor: string | undefined): Promise<Changes> => changes(userOnly(caller), cursor),

    async hello(caller: UserCaller, held: HeldByLine): Promise<Changes & { synced: Record<string, Sync> }> {
      const [found, { synced: pages, removed }] = await Promise.all([
        changes(caller, held.cursor),
        synced(caller, held),
      ]);
      return { ...found, removed: [...new Set([...found.removed, ...removed])], synced: pages };
    },

    /** The place of a caller to whom everything up to `position` was published. */
    cursor: (caller: UserCaller, position: number): string => cursorOf(epoch, caller, position),
  };
}
