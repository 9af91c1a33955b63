/** Who answers open support conversations, and how many. */
import type { Reader } from '../../db/open.ts';
import type { AssigneeCount } from '../../protocol/assignee-count.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';
import type { Caller } from '../caller.ts';

/** More are not for one page to show. */
const MOST_ASSIGNEES = 1000;

export function createAssignees(db: Reader) {
  const statement = {
    // From the team to what each has open, by index: what is closed costs nothing, and what lies in the queue neither.
    counted: db.$client.prepare(`
      select users.uuid as id, count(*) - count(side.snoozed_until) as open, count(side.snoozed_until) as snoozed
      from users
      cross join conversations mine on mine.assignee = users.id and mine.status = 'open' and mine.kind = 'support'
      cross join conversations side on side.parent = mine.id
      where users.role <> 'user' group by users.role, users.id limit ${MOST_ASSIGNEES}`),
  };

  /** Throws `FORBIDDEN` for who does not see every support conversation. */
  function assignees(caller: Caller): AssigneeCount[] {
    if (caller.kind !== 'user' || !isTeam(caller.role)) throw new Refusal('FORBIDDEN');
    return statement.counted.all() as AssigneeCount[];
  }

  return { statement, assignees };
}
