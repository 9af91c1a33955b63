import t from 'tap';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Role } from '../../../src/protocol/person.ts';
import { countMessage, mergeCounted } from '../../../src/web/sdk/unread.ts';
import { agentMe, me } from './model-server.ts';

const by = (role: Role, id: string, fields: Partial<Message> = {}) =>
  ({ kind: 'text', seq: 8, author: { id, name: '', role }, ...fields }) as Message;
const support = { kind: 'support' } as Conversation;
const direct = { kind: 'direct' } as Conversation;
const system = by('user', 'x', { kind: 'system', author: null });

type Row = [
  string,
  typeof me,
  Conversation,
  [number, number],
  Parameters<typeof countMessage>[3],
  Message,
  [number, number],
];
const created = 'message.created';
const deleted = 'message.deleted';
const rows: Row[] = [
  ['another’s message is unread', me, direct, [5, 1], created, by('user', 'x'), [5, 2]],
  ['one’s own reads itself when nothing lies before it', me, direct, [7, 0], created, by('user', 'me'), [8, 0]],
  ['one’s own reads nothing that lies before it', me, direct, [5, 2], created, by('user', 'me'), [5, 2]],
  ['a system message is never unread', me, direct, [5, 2], created, system, [5, 2]],
  ['an edit changes nothing', me, direct, [5, 2], 'message.updated', by('user', 'x'), [5, 2]],
  ['an unread message that is deleted is not unread', me, direct, [5, 2], deleted, by('user', 'x'), [5, 1]],
  ['a read one that is deleted was not', me, direct, [8, 2], deleted, by('user', 'x'), [8, 2]],
  ['one’s own that is deleted was not', me, direct, [5, 2], deleted, by('user', 'me'), [5, 2]],
  ['for the team the customer’s counts', agentMe, support, [5, 1], created, by('user', 'x'), [5, 2]],
  ['for the team a bot’s does not', agentMe, support, [5, 1], created, by('bot', 'b'), [5, 1]],
  ['for the team any person’s answer reads all', agentMe, support, [5, 3], created, by('agent', 'a2'), [8, 0]],
  ['for a peer too', { ...me, role: 'peer' }, support, [5, 3], created, by('peer', 'p2'), [8, 0]],
  ['in a direct conversation an agent is one of two', agentMe, direct, [5, 1], created, by('agent', 'a2'), [5, 2]],
  ['for the customer the team’s counts', me, support, [5, 1], created, by('agent', 'a2'), [5, 2]],
];
for (const [name, who, conversation, [readSeq, unread], type, message, right] of rows) {
  t.test(name, async (t) => {
    const my = countMessage({ readSeq, unread }, conversation, who, type, message);
    t.same([my.readSeq, my.unread], right);
  });
}

t.test('of two counts: the higher mark, then the higher rev; whether one moderates by the rev', async (t) => {
  const low = { my: { readSeq: 3, unread: 1, moderator: true }, rev: 9 };
  const high = { my: { readSeq: 4, unread: 0 }, rev: 8 };
  for (const merged of [mergeCounted(low, high), mergeCounted(high, low)]) {
    t.same(merged, { my: { readSeq: 4, unread: 0, moderator: true }, rev: 8 });
  }
  const later = { my: { readSeq: 4, unread: 2 }, rev: 9 };
  t.equal(mergeCounted(high, later), later);
  t.equal(mergeCounted(later, high), later);
  t.equal(mergeCounted(undefined, high), high);
});
