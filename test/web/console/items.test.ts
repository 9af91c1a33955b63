import t from 'tap';
import type { Message } from '../../../src/protocol/message.ts';
import { itemsOf, merged } from '../../../src/web/console/state/items.ts';

const ANN = { id: 'ann', name: 'Ann', role: 'user' as const };
const BEN = { id: 'ben', name: 'Ben', role: 'agent' as const };

function message(seq: number, author: Message['author'], more: Partial<Message> = {}): Message {
  const createdAt = new Date(Date.UTC(2026, 10, 20, 9, 0, seq)).toISOString();
  return {
    id: `${more.afterSeq === undefined ? 'm' : 's'}${seq}`,
    seq,
    author,
    kind: 'text',
    createdAt,
    ...more,
  } as Message;
}

t.test('a note stands behind the message that was newest when it was written', async (t) => {
  const thread = [message(1, ANN), message(2, BEN), message(3, ANN)];
  const side = [message(1, BEN, { afterSeq: 0 }), message(2, BEN, { afterSeq: 2 }), message(3, BEN, { afterSeq: 3 })];
  t.same(
    merged(thread, side).map(({ id }) => id),
    ['s1', 'm1', 'm2', 's2', 'm3', 's3'],
  );
  t.same(
    merged(thread.slice(1), side).map(({ id }) => id),
    ['m2', 's2', 'm3', 's3'],
    'not one that belongs further up',
  );
  t.same(
    merged([], side).map(({ id }) => id),
    ['s1', 's2', 's3'],
  );
});

t.test('messages are grouped by author and time, with a line above what is unread', async (t) => {
  const late = { createdAt: '2026-11-20T10:00:00.000Z' };
  const thread = [message(1, ANN), message(2, ANN), message(3, BEN), message(4, BEN, late), message(5, ANN, late)];
  const kinds = itemsOf(thread, 3).map((item) =>
    item.kind === 'group' ? item.messages.map(({ id }) => id).join('+') : item.kind,
  );
  t.same(kinds, ['day', 'm1+m2', 'm3', 'm4', 'unread', 'm5']);
  t.notOk(itemsOf(thread, undefined).some(({ kind }) => kind === 'unread'));
});

t.test('notes and what the system tells stand by themselves', async (t) => {
  const system = message(2, null, { afterSeq: 1, kind: 'system', system: { code: 'closed', by: BEN } });
  const items = itemsOf(
    merged([message(1, ANN), message(2, ANN)], [message(1, BEN, { afterSeq: 1 }), system]),
    undefined,
  );
  t.same(
    items.map(({ kind }) => kind),
    ['day', 'group', 'note', 'event', 'group'],
  );
});
