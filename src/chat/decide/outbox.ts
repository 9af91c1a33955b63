/**
 * What happened, written down for whoever is told of it outside, in the transaction that it happened in. While nobody
 * takes such an event nothing is written.
 */
import type { OutboxRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { DurableEvent } from '../../protocol/events.ts';
import { there } from '../../protocol/there.ts';
import type { SweepOutboxChange } from '../outbox/outbox-change.ts';
import { isTaken } from '../outbox/taken.ts';
import type { Publication, ThreadPublication } from '../publication.ts';
import type { Case, Rule } from './rule.ts';

export function noteEvents(given: Case, publications: readonly Publication[]): void {
  for (const publication of publications) {
    if (publication.type === 'thread') noteThread(given, publication);
  }
}

function noteThread(given: Case, { before, after, conversation, events }: ThreadPublication): void {
  if (before === null && conversation !== null) {
    note(given, after, { type: 'conversation.created', rev: conversation.rev, subject: null });
  }
  for (const { event, side } of events) {
    const type = typeOf(event);
    if (type === null) continue;
    note(given, after, { type, rev: event.rev, subject: subjectOf(given.set, after.id, event, side) });
  }
}

function note(
  given: Case,
  { id: conversation, kind }: ThreadPublication['after'],
  what: Pick<OutboxRow, 'type' | 'rev' | 'subject'>,
): void {
  const { set, position } = given;
  if (!isTaken(set, kind, what.type)) return;
  set.marked.outbox.insert({ id: set.nextId(), position, conversation, ...what });
}

/** A streamed answer is told once, when it is whole: bots edit nothing, so the change of one's message is its end. */
function typeOf(event: DurableEvent): OutboxRow['type'] | null {
  if (!('message' in event)) return event.type;
  const { ai, editedAt, state } = event.message;
  if (event.type === 'message.created' && state === 'streaming') return null;
  return event.type === 'message.updated' && ai && editedAt === null ? 'message.created' : event.type;
}

function subjectOf(set: WorkingSet, conversation: number, event: DurableEvent, side: boolean): number | null {
  if ('participant' in event) return set.usersByUuid.get(event.participant.user.id)?.id ?? null;
  if (!('message' in event)) return null;
  const thread = side ? set.sides.get(conversation)?.id : conversation;
  const message = there(
    thread === undefined ? null : set.messagesOf(thread).get(event.message.id),
    'a message is told that was not judged',
  );
  return message.id;
}

/** Judged once more: a receiver that came meanwhile needs nothing older than itself. */
export const sweepOutbox: Rule<SweepOutboxChange> = {
  want() {},
  decide({ set }, { rows }) {
    const dealtWith = placeOfSlowest(set);
    for (const id of rows) {
      if (id <= dealtWith) set.marked.outbox.remove({ id } as OutboxRow);
    }
    return { value: null, publications: [] };
  },
};

/** The key of the last row that every receiver has dealt with. Who takes nothing holds nothing back. */
function placeOfSlowest(set: WorkingSet): number {
  let slowest = Number.MAX_SAFE_INTEGER;
  for (const receiver of set.rows.receivers.values()) {
    if (!receiver || set.rows.webhooks.get(receiver.id)?.enabled === false) continue;
    slowest = Math.min(slowest, receiver.place);
  }
  return slowest;
}
