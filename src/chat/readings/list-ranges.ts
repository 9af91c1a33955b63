/**
 * Which ranges of which indexes a list is read from. They hold all that the caller may read and the filter lets pass,
 * and may hold more: every row is judged again. Who is not of the team is given no range of other people's.
 */
import { isTeam } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { Candidate, ListStatements, Place } from './list-candidates.ts';
import { columnsOf, isForSupport, type ListFilter } from './list-filter.ts';
import type { Range } from './merged.ts';

type Ranges = Range<Candidate>[];

export function rangesOf(statement: ListStatements, caller: Caller, filter: ListFilter, waiting: boolean): Ranges {
  const { externalId, kind } = filter;
  const support = kind === undefined || kind === 'support';
  if (waiting) return support ? [(place, limit) => statement.waiting.all({ ...place, limit })] : [];
  if (externalId !== undefined) {
    const named: Range<Candidate> = async (place) =>
      (await statement.withExternalId.all({ externalId })).filter((row) => isBehind(row, place));
    return [named];
  }
  if (caller.kind === 'key') return support ? allSupport(statement, filter) : [];
  const { id: user, role } = caller;
  const own: Range<Candidate> = (place, limit) => statement.own.all({ ...place, user, limit });
  if (isTeam(role)) {
    // Their own support conversations are among all the others already.
    return [...(support ? allSupport(statement, filter) : []), ...(isForSupport(filter) ? [] : [own])];
  }
  const assignees = role === 'peer' ? [user, null] : role === 'bot' ? [user] : [];
  const asked = assignees.filter((assignee) => mayBeAssignee(filter, assignee));
  return [own, ...(support ? asked.flatMap((assignee) => assignedTo(statement, filter, assignee)) : [])];
}

function mayBeAssignee({ assignee }: ListFilter, key: number | null): boolean {
  return assignee === null || ('is' in assignee ? assignee.is === key : key !== null);
}

function allSupport(statement: ListStatements, filter: ListFilter): Ranges {
  const { customer, assignee } = filter;
  if (customer !== null) return [(place, limit) => statement.ofCustomer.all({ ...place, customer, limit })];
  if (assignee !== null && 'is' in assignee) return assignedTo(statement, filter, assignee.is);
  const [status, ...others] = columnsOf(filter);
  if (status === undefined) return [];
  if (others.length > 0) return [(place, limit) => statement.support.all({ ...place, limit })];
  return [(place, limit) => statement.withStatus.all({ ...place, status, limit })];
}

function assignedTo(statement: ListStatements, filter: ListFilter, assignee: number | null): Ranges {
  return columnsOf(filter).map((status) => (place: Place, limit: number) => {
    const given = { ...place, status, limit };
    return assignee === null ? statement.assignedToNobody.all(given) : statement.assignedTo.all({ ...given, assignee });
  });
}

function isBehind(row: Candidate, { sort, id }: Place): boolean {
  return row.activity < sort || (row.activity === sort && row.id < id);
}
