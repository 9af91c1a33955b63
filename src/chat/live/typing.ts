/** Who is writing right now. Told, never kept: it ends by itself, and with the message. */
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import { TYPING_LIFE_MS } from '../../protocol/limits.ts';
import type { Person } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { mayWrite } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { Rows } from '../readings/rows.ts';
import { type Threads, userOnly } from '../readings/threads.ts';
import { personOfUser } from '../views.ts';
import { earshot } from './earshot.ts';

/** The same person is told to begin no more often than this; what comes sooner only lengthens. */
const TOLD_EVERY_MS = 1_000;

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
  end: NodeJS.Timeout;
}

export interface TypingParts {
  hub: Hub;
  rows: Rows;
  threads: Threads;
  /** Whether the team reads what customers are writing before it is sent. */
  showsText: () => boolean;
  onError: (error: unknown) => void;
}

export function createTyping({ hub, rows, threads, showsText, onError }: TypingParts) {
  const writing = new Map<string, Writing>();

  async function tell(one: Writing, on: boolean): Promise<void> {
    one.told = on;
    if (on) one.toldAt = performance.now();
    const { conversation, conversationId, user, person } = one;
    // Read anew: six seconds later somebody else may be in charge.
    const standing = await rows.conversation.get({ id: conversation });
    const both = standing?.kind === 'direct' ? await rows.present.all({ conversation }) : [];
    // The message came meanwhile, or it is otherwise again: nobody is to be told this any more.
    if (standing === undefined || one.told !== on) return;
    const readers = both.map((present) => present.user.id);
    const { text } = one;
    const said = on && text !== undefined ? { text } : {};
    const frame = new Frame({ type: 'typing', conversationId, user: person, on, ...said });
    for (const line of earshot(hub, standing, readers)) if (line.user !== user) hub.deliver(line, frame);
  }

  function over(key: string): void {
    const one = writing.get(key);
    writing.delete(key);
    if (one?.told) void tell(one, false).catch(onError);
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
      const one: Writing = writing.get(key) ?? {
        conversation: main.id,
        conversationId: main.uuid,
        user: id,
        person: personOfUser(user, me?.title ?? null),
        text: undefined,
        told: false,
        toldAt: Number.NEGATIVE_INFINITY,
        end: setTimeout(() => over(key), TYPING_LIFE_MS).unref(),
      };
      writing.set(key, one);
      if (!on) {
        if (one.told) await tell(one, false);
        return;
      }
      one.end.refresh();
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
      for (const { end } of writing.values()) clearTimeout(end);
      writing.clear();
    },
  };
}

function keyOf(conversationId: string, userId: string): string {
  return `${conversationId} ${userId}`;
}
