import t from 'tap';
import type { TObject, TSchema } from 'typebox';
import { ChangesQuery, EventsQuery, SyncQuery } from '../../src/protocol/http-catching-up.ts';
import { ConversationsQuery } from '../../src/protocol/http-conversations.ts';
import { HistoryQuery, SendQuery } from '../../src/protocol/http-messages.ts';
import { PresenceQuery } from '../../src/protocol/http-presence.ts';
import { splitIds } from '../../src/protocol/http-query.ts';
import { readQuery } from '../../src/protocol/query.ts';
import { compileCheck } from '../../src/protocol/validate.ts';
import { ID, OTHER_ID } from './samples.ts';

function judge(schema: TSchema, query: Record<string, unknown>) {
  const read = readQuery((schema as TObject).properties, Object.assign(Object.create(null), query));
  return compileCheck(schema)(read);
}

t.test('a query is read as its schema means it', async (t) => {
  const table: [TSchema, Record<string, unknown>, Record<string, unknown>][] = [
    [HistoryQuery, {}, {}],
    [HistoryQuery, { before: '51', limit: '200' }, { before: 51, limit: 200 }],
    [HistoryQuery, { after: '0' }, { after: 0 }],
    [HistoryQuery, { around: '007' }, { around: 7 }],
    [ConversationsQuery, { unread: 'true', kind: 'support' }, { unread: true, kind: 'support' }],
    [ConversationsQuery, { assignee: 'me', status: 'snoozed' }, { assignee: 'me', status: 'snoozed' }],
    [ConversationsQuery, { assignee: ID, tag: '5' }, { assignee: ID, tag: '5' }],
    [EventsQuery, { view: ID, inbox: 'false' }, { view: [ID], inbox: false }],
    [EventsQuery, { view: [ID, OTHER_ID], presence: `${ID},team` }, { view: [ID, OTHER_ID], presence: `${ID},team` }],
    [SyncQuery, { since: '0' }, { since: 0 }],
    [ChangesQuery, { wait: '25', cursor: '12' }, { wait: 25, cursor: '12' }],
    [SendQuery, { wait: 'reply' }, { wait: 'reply' }],
    [PresenceQuery, { users: 'team' }, { users: 'team' }],
  ];
  for (const [schema, query, value] of table) t.same(judge(schema, query), { ok: true, value }, JSON.stringify(query));
});

t.test('what cannot be read so is refused by name', async (t) => {
  const table: [TSchema, Record<string, unknown>, string][] = [
    [HistoryQuery, { limit: '0' }, 'limit'],
    [HistoryQuery, { limit: '201' }, 'limit'],
    [HistoryQuery, { limit: '1e2' }, 'limit'],
    [HistoryQuery, { limit: '0x10' }, 'limit'],
    [HistoryQuery, { limit: '-1' }, 'limit'],
    [HistoryQuery, { limit: '+1' }, 'limit'],
    [HistoryQuery, { limit: ' 1' }, 'limit'],
    [HistoryQuery, { limit: '1.0' }, 'limit'],
    [HistoryQuery, { limit: '' }, 'limit'],
    [HistoryQuery, { limit: 'true' }, 'limit'],
    [HistoryQuery, { limit: ['1', '2'] }, 'limit'],
    [HistoryQuery, { before: '9007199254740993' }, 'before'],
    [HistoryQuery, { before: '99999999999999999999' }, 'before'],
    [HistoryQuery, { around: '0' }, 'around'],
    [HistoryQuery, { before: '5', after: '1' }, 'around'],
    [HistoryQuery, { page: '2' }, 'page'],
    [HistoryQuery, { constructor: '2' }, 'constructor'],
    [ConversationsQuery, { unread: '1' }, 'unread'],
    [ConversationsQuery, { unread: 'TRUE' }, 'unread'],
    [ConversationsQuery, { kind: ['support', 'room'] }, 'kind'],
    [ConversationsQuery, { order: 'rank' }, 'order'],
    [ConversationsQuery, { assignee: 'somebody' }, 'assignee'],
    [EventsQuery, { view: [ID, 'x'] }, 'view.1'],
    [EventsQuery, { presence: `${ID},` }, 'presence'],
    [SyncQuery, { since: '3' }, 'epoch'],
    [ChangesQuery, { wait: '26' }, 'wait'],
    [SendQuery, { wait: 'forever' }, 'wait'],
    [PresenceQuery, {}, 'users'],
  ];
  for (const [schema, query, path] of table) t.match(judge(schema, query), { ok: false, path }, JSON.stringify(query));
});

t.test('a list of ids is bounded and comes apart at its commas', async (t) => {
  t.same(splitIds(`${ID},team`), [ID, 'team']);
  t.ok(judge(PresenceQuery, { users: Array(200).fill(ID).join() }).ok);
  t.notOk(judge(PresenceQuery, { users: Array(201).fill(ID).join() }).ok);
});
