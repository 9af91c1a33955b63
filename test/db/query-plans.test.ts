import t from 'tap';
import { openWorld } from '../world.ts';
import { statementsOver } from './statements.ts';

/** What the latter call their parameters. */
const NAMED = { spans: '[]', step: '1', conversations: '[]', activity: 0, id: 0, limit: 1 };

/** Of a table; what a statement has put together itself may be gone through. */
const SCAN = /^SCAN (?!\(subquery|(ranked|period|width)$|(json_each|asked) VIRTUAL TABLE)/m;

const MAY_SCAN = [
  // Their row goes when they are done: there are few.
  'jobs.oldest',
  'erasure.merging',
  // At the start of a server that has no admin yet, and when a password was forgotten.
  'people.openLinks',
];

const MAY_SORT = [
  // Over one user's conversations alone: the price of not writing a row a participant with each message.
  'list.own',
  'unread.own',
  'unread.assigned',
  // They group and rank, in threads of their own.
  'conversationStats.written',
  'report.begunBySteps',
  'report.closedBySteps',
  'report.responses',
  'report.responsesBySteps',
  'report.written',
  'report.responsesByAssignee',
  'report.resolutions',
  'report.resolutionsByAssignee',
  'report.begunByAssignee',
  'report.openByAssignee',
  'report.ratings',
];

/** How those statements are found that would be slow, and not merely slower, by any other way. */
const EXPECTED: Record<string, RegExp> = {
  'history.range': /^SEARCH messages USING INDEX messages_seq \(conversation=\? AND seq>\? AND seq<\?\)$/,
  'history.weights': /^SEARCH messages USING INDEX messages_seq \(conversation=\? AND seq>\? AND seq<\?\)$/,
  'history.afterSeq': /^SEARCH messages USING INDEX messages_after \(conversation=\? AND after_seq>\?\)$/,
  'sync.newest': /^SEARCH messages USING INDEX messages_seq \(conversation=\?\)$/,
  'threadChanges.written': /^SEARCH messages USING INDEX messages_seq \(conversation=\? AND seq>\?\)$/,
  'threadChanges.changed': /^SEARCH messages USING INDEX messages_changed \(conversation=\? AND rev>\?\)$/,
  'threadChanges.streaming': /^SEARCH messages USING INDEX messages_streaming \(id>\?\)$/,
  'threadChanges.participants': /^SEARCH participants USING INDEX participants_rev \(conversation=\? AND rev>\?\)/m,
  'unreadCount.uncounted': /^SEARCH messages USING INDEX messages_uncounted \(conversation=\? AND seq>\?\)$/,
  'directReads.from': /^SEARCH reads USING PRIMARY KEY \(conversation=\? AND user=\? AND seq>\?\)$/,
  'directReads.newest': /^SEARCH reads USING PRIMARY KEY \(conversation=\? AND user=\?\)$/,
  'list.support': /^SEARCH conversations USING INDEX conversations_support \(activity<\?\)$/,
  'list.withStatus': /^SEARCH conversations USING INDEX conversations_status \(status=\? AND activity<\?\)$/,
  'list.assignedTo':
    /^SEARCH conversations USING INDEX conversations_assignee \(assignee=\? AND status=\? AND activity<\?\)$/,
  'list.assignedToNobody':
    /^SEARCH conversations USING INDEX conversations_assignee \(assignee=\? AND status=\? AND activity<\?\)$/,
  'list.ofCustomer': /^SEARCH conversations USING INDEX conversations_customer \(customer=\? AND activity<\?\)$/,
  'list.waiting': /^SEARCH conversations USING INDEX conversations_waiting \(waiting>\?\)$/,
  'list.own': /^SEARCH participants USING INDEX participants_user \(user=\?\)/,
  'changedConversations.support': /^SEARCH conversations USING INDEX conversations_changed \(position>\?\)$/,
  'changedConversations.own': /^SEARCH participants USING INDEX participants_user \(user=\?\)/,
  'changedConversations.wasAssigned': /^SEARCH messages USING INDEX messages_uncounted \(conversation=\?\)/,
  'inboxCounts.open': /^SEARCH conversations USING COVERING INDEX conversations_status \(status=\?\)/,
  'inboxCounts.unassigned': /^SEARCH conversations USING INDEX conversations_assignee \(assignee=\? AND status=\?\)/,
  'inboxCounts.mine': /^SEARCH conversations USING COVERING INDEX conversations_assignee \(assignee=\? AND status=\?\)/,
  'inboxCounts.assignees':
    /^SEARCH users USING INDEX users_team \(role>\?\)\nSEARCH mine USING COVERING INDEX conversations_assignee \(assignee=\? AND status=\?\)\nSEARCH side USING INDEX conversations_parent \(parent=\?\)$/,
  'unread.own': /^SEARCH participants USING INDEX participants_user \(user=\?\)/,
  'unread.ownTotal': /^SEARCH messages USING INDEX messages_uncounted \(conversation=\? AND seq>\?\)$/m,
  'unread.assigned': /^SEARCH conversations USING INDEX conversations_assignee \(assignee=\? AND status=\?\)$/m,
  'conversationStats.written': /^SEARCH messages USING INDEX messages_seq \(conversation=\?\)$/m,
  'conversationStats.opening': /^SEARCH messages USING INDEX messages_seq \(conversation=\?\)$/m,
  'report.begunBySteps': /^SEARCH conversations USING INDEX conversations_begun \(created_at>\? AND created_at<\?\)$/m,
  'report.closedBySteps': /^SEARCH conversations USING INDEX conversations_closed \(closed_at>\? AND closed_at<\?\)$/m,
  'report.spokenSince': /^SEARCH conversations USING INDEX conversations_support \(activity>\?\)$/m,
  'report.written': /^SEARCH messages USING INDEX messages_seq \(conversation=\?\)$/m,
  'sight.customerOf': /^SEARCH conversations USING INDEX conversations_customer \(customer=\?\)$/,
  'erasure.nextOwn': /^SEARCH participants USING COVERING INDEX participants_user \(user=\? AND conversation>\?\)$/,
  'erasure.nextOfSupport': /^SEARCH conversations USING INTEGER PRIMARY KEY \(rowid>\?\)$/,
  'erasure.written': /^SEARCH messages USING INDEX messages_seq \(conversation=\? AND seq>\? AND seq<\?\)$/m,
  'erasure.audit': /^SEARCH audit USING INDEX audit_user \(user=\?\)$/,
  'retention.closed': /^SEARCH conversations USING INDEX conversations_closed \(closed_at>\? AND closed_at<\?\)$/,
  'retention.silent': /^SEARCH users USING INDEX users_visitors \(created_at>\? AND created_at<\?\)$/m,
  'retention.sessions': /^SEARCH sessions USING COVERING INDEX sessions_expiry \(expires_at<\?\)$/,
  'retention.pushesOf': /^SEARCH pushes USING COVERING INDEX pushes_session \(session=\?\)$/,
  'retention.links': /^SEARCH links USING COVERING INDEX links_expiry \(expires_at<\?\)$/,
  'retention.removals': /^SEARCH removals USING COVERING INDEX removals_position \(position>\? AND position<\?\)$/,
  'export.written': /^SEARCH messages USING INDEX messages_seq \(conversation=\? AND seq>\? AND seq<\?\)$/m,
  'export.support': /^SEARCH conversations USING INTEGER PRIMARY KEY \(rowid>\?\)$/,
  'export.uploads': /^SEARCH attachments USING INDEX attachments_waiting \(uploader=\?\)$/m,
  'snoozes.due': /^SEARCH side USING INDEX conversations_snoozed \(snoozed_until<\?\)/,
  'snoozes.next': /^SEARCH side USING INDEX conversations_snoozed \(snoozed_until>\?\)/,
  'rows.hasTag': /^SEARCH tags USING COVERING INDEX tags_tag \(tag=\? AND conversation=\?\)$/m,
  'audit.all': /^SEARCH audit USING INTEGER PRIMARY KEY \(rowid<\?\)$/,
  'audit.ofUser': /^SEARCH audit USING INDEX audit_user \(user=\? AND id<\?\)$/,
  'audit.ofAction': /^SEARCH audit USING INDEX audit_action \(action=\? AND id<\?\)$/,
  'audit.ofUserAndAction': /^SEARCH audit USING INDEX audit_user \(user=\? AND id<\?\)$/,
  'rowsOfMany.sides': /^SEARCH conversations USING INDEX conversations_parent \(parent=\?\)$/m,
  'eventRows.attachments': /^SEARCH attachments USING INDEX attachments_message \(message=\?\)$/m,
  'rowsOfMany.present': /^SEARCH participants USING PRIMARY KEY \(conversation=\?\)$/m,
  'peopleIn.present': /^SEARCH participants USING PRIMARY KEY \(conversation=\? AND user>\?\)/,
};

t.test('no reading scans a table, or sorts where it should not', async (t) => {
  const world = openWorld(t);
  const { reader, questions } = world.store;
  const found = [...statementsOver(questions, world)];
  t.ok(found.length > 30, 'the statements were found');

  for (const [name, statement] of found) {
    const { sql } = statement.getQuery?.() ?? { sql: statement.source ?? '' };
    const blanks = statement.getQuery === undefined ? [NAMED] : Array(sql.split('?').length - 1).fill(null);
    const rows = reader.$client.prepare(`explain query plan ${sql}`).all(...blanks);
    const plan = rows.map((row) => (row as { detail: string }).detail).join('\n');
    if (!MAY_SCAN.includes(name)) t.notMatch(plan, SCAN, `${name} scans nothing: ${plan}`);
    if (!MAY_SORT.includes(name)) t.notMatch(plan, /TEMP B-TREE/, `${name} sorts nothing`);
    const expected = EXPECTED[name];
    if (expected !== undefined) t.match(plan, expected, `${name} is found as intended: ${plan}`);
  }

  const names: string[] = found.map(([name]) => name);
  t.same(
    [...Object.keys(EXPECTED), ...MAY_SCAN, ...MAY_SORT].filter((name) => !names.includes(name)),
    [],
    'nothing is expected of a statement that is not there',
  );
});
