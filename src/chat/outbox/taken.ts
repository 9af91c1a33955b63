/** Which events anybody outside takes. */
import type { OutboxRow, ReceiverRow, WebhookRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { Standing } from '../access.ts';

type Kind = Standing['kind'];

/** What those who tell people of what they miss look at: new messages, and who waits. */
const OF_NOTICES: readonly OutboxRow['type'][] = ['message.created', 'conversation.created', 'conversation.updated'];
const KINDS = ['support', 'direct', 'room'] as const;

const keyOf = (kind: Kind, type: string) => `${kind} ${type}`;

/** Whether any receiver takes such an event of a conversation of that kind. */
export function isTaken(set: WorkingSet, kind: Kind, type: OutboxRow['type']): boolean {
  set.taken ??= takenByAny(set);
  return set.taken.size > 0 && set.taken.has(keyOf(kind, type));
}

function takenByAny({ rows }: WorkingSet): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const receiver of rows.receivers.values()) {
    if (!receiver) continue;
    const { kinds, events } = takenBy(receiver, rows.webhooks.get(receiver.id) ?? null);
    for (const kind of kinds) for (const event of events) taken.add(keyOf(kind, event));
  }
  return taken;
}

function takenBy(
  { kind }: ReceiverRow,
  webhook: WebhookRow | null,
): { kinds: readonly Kind[]; events: readonly string[] } {
  if (kind === 'notices') return { kinds: KINDS, events: OF_NOTICES };
  return webhook?.enabled ? webhook : { kinds: [], events: [] };
}
