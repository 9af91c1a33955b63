/** What a list is narrowed to, with the people that it names looked up. */
import { isId, normaliseId } from '../../protocol/id.ts';
import type { Role } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { Candidate } from './list-candidates.ts';
import type { Rows } from './rows.ts';

export type Status = 'open' | 'closed' | 'snoozed';

/** What may be asked of a list. */
export interface ListQuery {
  kind?: 'support' | 'direct' | 'room';
  /** Any of them; all when absent. */
  status?: readonly Status[];
  queue?: 'agent' | 'peer';
  /** `me`, `none`, a sort of assignee, or a user's id. */
  assignee?: string;
  tag?: string;
  customer?: string;
  externalId?: string;
  unread?: boolean;
  order?: 'activity' | 'waiting';
  limit?: number;
  cursor?: string;
}

export interface ListFilter extends Pick<ListQuery, 'kind' | 'queue' | 'externalId'> {
  statuses: ReadonlySet<Status> | null;
  /** Exactly this one (null: nobody), or somebody who is such a one. */
  assignee: { is: number | null } | { does: 'bot' | 'peer' | 'agent' } | null;
  customer: number | null;
  tag: string | null;
  unread: boolean;
}

/** A filter that only support conversations can pass. */
export function isForSupport({ kind, queue, assignee, customer, tag }: ListFilter): boolean {
  return kind === 'support' || queue !== undefined || assignee !== null || customer !== null || tag !== null;
}

/** Whether it depends on what the assignee does. */
export function asksForRole({ assignee }: ListFilter): boolean {
  return assignee !== null && 'does' in assignee;
}

/** Which `status` columns can pass: a snoozed conversation is an open one. */
export function columnsOf({ statuses }: ListFilter): ('open' | 'closed')[] {
  if (statuses === null) return ['open', 'closed'];
  const open = statuses.has('open') || statuses.has('snoozed');
  return [...(open ? (['open'] as const) : []), ...(statuses.has('closed') ? (['closed'] as const) : [])];
}

/** Null when nothing can pass: the filter names somebody who is not there. */
export async function readFilter(rows: Rows, caller: Caller, query: ListQuery): Promise<ListFilter | null> {
  const [assignee, customer] = await Promise.all([
    assigneeOf(rows, caller, query.assignee),
    query.customer === undefined ? null : userKey(rows, query.customer, 'customer'),
  ]);
  if (assignee === undefined || customer === undefined) return null;
  const { kind, queue, externalId } = query;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(queue === undefined ? {} : { queue }),
    ...(externalId === undefined ? {} : { externalId }),
    statuses: query.status === undefined ? null : new Set(query.status),
    assignee,
    customer,
    tag: query.tag ?? null,
    unread: query.unread === true,
  };
}

async function assigneeOf(
  rows: Rows,
  caller: Caller,
  given: string | undefined,
): Promise<ListFilter['assignee'] | undefined> {
  switch (given) {
    case undefined:
      return null;
    case 'none':
      return { is: null };
    case 'me':
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN', { message: 'An API key is nobody’s assignee.' });
      return { is: caller.id };
    case 'bot':
    case 'peer':
    case 'agent':
      return { does: given };
    default: {
      const key = await userKey(rows, given, 'assignee');
      return key === undefined ? undefined : { is: key };
    }
  }
}

async function userKey(rows: Rows, uuid: string, path: string): Promise<number | undefined> {
  if (!isId(uuid)) throw misshapen(path, 'must be a UUID');
  return (await rows.userByUuid.get({ uuid: normaliseId(uuid) }))?.id;
}

/** Whether a row's own columns pass; who is asked for by what they do is looked up by `roleOf`. */
export function passes(filter: ListFilter, row: Candidate, roleOf: (user: number) => Role | null): boolean {
  const { kind, queue, externalId, assignee, customer } = filter;
  if (kind !== undefined && row.kind !== kind) return false;
  if (isForSupport(filter) && row.kind !== 'support') return false;
  if (queue !== undefined && row.queue !== queue) return false;
  if (externalId !== undefined && row.externalId !== externalId) return false;
  if (customer !== null && row.customer !== customer) return false;
  if (!columnsOf(filter).includes(row.status)) return false;
  if (assignee === null) return true;
  if ('is' in assignee) return row.assignee === assignee.is;
  const role = row.assignee === null ? null : roleOf(row.assignee);
  return role !== null && (assignee.does === 'agent' ? isTeam(role) : role === assignee.does);
}
