/** Who is writing right now. Told, never kept: it ends by itself, and with the message. */
import type { Bus } from '../../db/bus.ts';
import type { ConversationRow } from '../../db/rows.ts';
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import type { EventOf } from '../../protocol/events.ts';
import { TYPING_LIFE_MS } from '../../protocol/limits.ts';
import type { Person } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { mayWrite } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { Rows } from '../readings/rows.ts';
import { type Threads, userOnly } from '../readings/threads.ts';
import { personOfUser } from '../views.ts';
import { type Around, around, earshot, isNear } from './earshot.ts';

/** The same person is told to begin no more often than this; what comes sooner only lengthens. */
const TOLD_EVERY_MS = 1_000;
/** Whoever writes at another server is told there to have ended, and only when that server says nothing any more, here. */
const LIFE_ELSEWHERE_MS = TYPING_LIFE_MS + TOLD_EVERY_MS;
const SUBJECT = 'typing';

interface Writing {
  readonly conversation: number;
  readonly conversationId: string;
  readonly user: number;
  person: Person;
  /** What they have written so far, where the team may read it; undefined: nobody may. */
  text: string | undefined;
  /** Whether the others believe that it is so. */
  told: boolean;
  /** When they were last told that it began: monotonic, in ms. */
  toldAt: number;
  end: NodeJS.Timeout | null;
}

/** What a server tells the others. */
interface Said {
  around: Around;
  /** Of the conversation, as it was read there. */
  seq: number;
  /** Key of who writes. */
  user: number;
  event: EventOf<'typing'>;
}

export interface TypingParts {
  hub: Hub;
  bus: Bus;
  rows: Rows;
  threads: Threads;
  /** Whether the team reads what customers are writing before it is sent. */
  showsText: () => boolean;
  onError: (error: unknown) => void;
}

export function createTyping({ hub, bus, rows, threads, showsText, onError }: TypingParts) {
  const writing = new Map<string, Writing>();
  bus.hear(SUBJECT, (said) => void hear(said as Said).catch(onError));

  /**
   * Tells the lines here. Gives what the other servers are to know for theirs; null: nobody is to be told any more.
   *
   * @param seq up to which another server knew the conversation, where that one tells it
   */
  async function tellHere(one: Writing, on: boolean, seq = Number.POSITIVE_INFINITY): Promise<Said | null> {
    one.told = on;
    if (on) one.toldAt = performance.now();
    const { conversation, conversationId, user, person } = one;
    // Read anew: six seconds later somebody else may be in charge.
    const standing = await rows.conversation.get({ id: conversation });
    const both = standing?.kind === 'direct' ? await rows.present.all({ conversation }) : [];
    // The message came meanwhile, or it is otherwise again: nobody is to be told this any more.
    if (standing === undefined || one.told !== on) return null;
    if (on && standing.seq > seq && standing.lastUser === user) {
      // Their message was known here before what they had told ahead of it.
      one.told = false;
      return null;
    }
    const readers = both.map((present) => present.user.id);
    const { text } = one;
    const more = on && text !== undefined ? { text } : {};
    const event: EventOf<'typing'> = { type: 'typing', conversationId, user: person, on, ...more };
    const frame = new Frame(event);
    for (const line of earshot(hub, standing, readers)) if (line.user !== user) hub.deliver(line, frame);
    return { around: around(standing, readers), seq: standing.seq, user, event };
  }

  async function tell(one: Writing, on: boolean): Promise<void> {
    const said = await tellHere(one, on);
    if (said !== null && bus.others.size > 0) bus.tell(SUBJECT, said);
  }

  /** From another server, for the lines here. */
  async function hear({ around: where, seq, user, event }: Said): Promise<void> {
    const { conversationId, user: person, on, text } = event;
    const key = keyOf(conversationId, person.id);
    const former = writing.get(key);
    if (former === undefined && !(on && isNear(hub, where))) return;
    const one = former ?? newWriting(where.conversation, conversationId, user, person);
    one.text = text;
    keep(key, one, LIFE_ELSEWHERE_MS, (ended) => tellHere(ended, false));
    if (on || one.told) await tellHere(one, on, seq);
  }

  /** Until `lifeMs` are over; whoever was told that it began is told then that it ended. */
  function keep(key: string, one: Writing, lifeMs: number, tellEnd: (one: Writing) => Promise<unknown>): void {
    if (one.end !== null) clearTimeout(one.end);
    writing.set(key, one);
    one.end = setTimeout(() => {
      writing.delete(key);
      if (one.told) tellEnd(one).catch(onError);
    }, lifeMs).unref();
  }

  return {
    /**
     * Throws a `Refusal` unless the caller may write there.
     *
     * @param text what was written so far: a customer's is told to the team where a setting allows it, no other's ever
     */
    async set(caller: Caller, conversationId: string, on: boolean, text?: string): Promise<void> {
      const { id } = userOnly(caller);
      const [{ row, main }, user] = await Promise.all([threads.find(caller, conversationId), rows.user.get({ id })]);
      if (row !== main) throw misshapen('conversationId', 'must not be a side conversation');
      if (user === undefined) throw new Refusal('UNAUTHENTICATED');
      if (user.blockedAt !== null) throw new Refusal('BLOCKED');
      if (!mayWrite(user, main)) throw new Refusal('FORBIDDEN');
      const key = keyOf(main.uuid, user.uuid);
      const me = writing.has(key) ? null : await threads.participation(caller, main.id);
      const one = writing.get(key) ?? newWriting(main.id, main.uuid, id, personOfUser(user, me?.title ?? null));
      if (!on) {
        if (one.told) await tell(one, false);
        else if (bus.others.size > 0) bus.tell(SUBJECT, saidToEnd(one, main));
        return;
      }
      keep(key, one, TYPING_LIFE_MS, (ended) => tell(ended, false));
      one.text = text !== undefined && main.customer === id && showsText() ? text : undefined;
      if (performance.now() - one.toldAt >= TOLD_EVERY_MS) await tell(one, true);
    },

    /** A message ends it; those who hear the message know. What is begun behind it is told at once. */
    wrote(conversationId: string, userId: string): void {
      const one = writing.get(keyOf(conversationId, userId));
      if (one === undefined) return;
      one.told = false;
      one.toldAt = Number.NEGATIVE_INFINITY;
    },

    stop(): void {
      for (const { end } of writing.values()) if (end !== null) clearTimeout(end);
      writing.clear();
    },
  };
}

function newWriting(conversation: number, conversationId: string, user: number, person: Person): Writing {
  return {
    conversation,
    conversationId,
    user,
    person,
    text: undefined,
    told: false,
    toldAt: Number.NEGATIVE_INFINITY,
    end: null,
  };
}

/** Of whom nothing is known here: another server may have told that they began. */
function saidToEnd({ conversation, conversationId, user, person }: Writing, { seq }: ConversationRow): Said {
  const event: EventOf<'typing'> = { type: 'typing', conversationId, user: person, on: false };
  return { around: { conversation, users: [] }, seq, user, event };
}

function keyOf(conversationId: string, userId: string): string {
  return `${conversationId} ${userId}`;
}
