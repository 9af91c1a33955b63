import t from 'tap';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Participant } from '../../../src/protocol/participant.ts';
import { lastOf, mergeConversation, mergeMessage, mergeParticipant } from '../../../src/web/sdk/merge.ts';

const message = (fields: Partial<Message>) => ({ id: 'm', rev: 1, seq: 1, content: '', ...fields }) as Message;
const participant = (fields: Partial<Participant>) =>
  ({ user: { id: 'u' }, rev: 1, readSeq: 0, readAt: null, deliveredSeq: 0, ...fields }) as Participant;
const conversation = (fields: Partial<Conversation>) =>
  ({ id: 'c', rev: 1, participants: [], status: 'open', ...fields }) as Conversation;

const messages: [string, Partial<Message>, Partial<Message>, 'held' | 'other'][] = [
  ['the higher rev', { rev: 2 }, { rev: 3 }, 'other'],
  ['the higher rev, though it came first', { rev: 3 }, { rev: 2, content: 'long' }, 'held'],
  ['of the same rev what is held', { content: 'a' }, { content: 'ab' }, 'held'],
  ['while it streams the longer', { state: 'streaming', content: 'a' }, { state: 'streaming', content: 'ab' }, 'other'],
  ['while it streams not the shorter', { state: 'streaming', content: 'ab' }, { state: 'streaming' }, 'held'],
  ['deleted, by its rev', { rev: 2, content: 'a' }, { rev: 3, content: null, deletedAt: 'now' }, 'other'],
];
for (const [name, held, other, right] of messages) {
  t.test(`of two copies of a message: ${name}`, async (t) => {
    const copies = { held: message(held), other: message(other) };
    t.equal(mergeMessage(copies.held, copies.other), copies[right]);
  });
}
t.test('a message that is not held is taken', async (t) => {
  const other = message({});
  t.equal(mergeMessage(undefined, other), other);
});

t.test('of two copies of a participant: the higher rev, each mark the higher with its time', async (t) => {
  const held = participant({ rev: 5, readSeq: 3, readAt: 'three', deliveredSeq: 9, moderator: true });
  const other = participant({ rev: 4, readSeq: 7, readAt: 'seven', deliveredSeq: 8, moderator: false });
  const right = { rev: 5, moderator: true, readSeq: 7, readAt: 'seven', deliveredSeq: 9 };
  t.match(mergeParticipant(held, other), right);
  t.match(mergeParticipant(other, held), right, 'in any order');
});

t.test('of two copies of a conversation: the higher rev, its side by the side’s, each mark the higher', async (t) => {
  const side = (rev: number) => ({ id: 's', rev, tags: [`${rev}`] }) as Conversation['team'] & {};
  const newer = conversation({
    rev: 9,
    status: 'closed',
    team: side(2),
    teamReadSeq: 4,
    teamReadAt: 'four',
    participants: [participant({ rev: 2, readSeq: 1 })],
  });
  const older = conversation({
    rev: 8,
    team: side(3),
    teamReadSeq: 5,
    teamReadAt: 'five',
    participants: [participant({ readSeq: 6 }), participant({ user: { id: 'gone' } as Participant['user'] })],
  });
  for (const merged of [mergeConversation(newer, older), mergeConversation(older, newer)]) {
    t.match(merged, { rev: 9, status: 'closed', team: { rev: 3 }, teamReadSeq: 5, teamReadAt: 'five' });
    t.match(merged.participants, [{ user: { id: 'u' }, rev: 2, readSeq: 6 }], 'who is gone stays gone');
    t.equal(merged.participants.length, 1);
  }
});

t.test('a copy of a higher rev without the side takes it away; one of the same rev does not', async (t) => {
  const team = { id: 's', rev: 1 } as Conversation['team'] & {};
  t.equal(mergeConversation(conversation({ rev: 1, team }), conversation({ rev: 2 })).team, undefined);
  t.same(mergeConversation(conversation({ rev: 1, team }), conversation({ rev: 1 })).team, team);
});

t.test('`my` is not decided here: what is held stays', async (t) => {
  const my = { readSeq: 1, unread: 0 };
  const other = conversation({ rev: 2, my: { readSeq: 0, unread: 9 } });
  t.same(mergeConversation(conversation({ my }), other).my, my);
  t.notOk('my' in mergeConversation(conversation({}), other));
});

t.test('what a list shows of the last message: 120 code points', async (t) => {
  const long = message({ seq: 4, kind: 'text', content: '😀'.repeat(130), author: null, createdAt: 'then' });
  t.same(lastOf(long), { seq: 4, authorId: null, kind: 'text', text: '😀'.repeat(120), at: 'then' });
});
