import t from 'tap';
import type { Body } from '../helper.ts';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t);
const agent = await server.member('agent', 'ann');
const key = await server.key('*');
const seqs = (sync: Body) => sync.messages.map(({ seq }: Body) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The same by HTTP and on a socket: one shape for both. */
async function sync(who: Person, id: string, since: number, epoch?: string): Promise<Body> {
  const { status, body } = await who.get(
    `conversations/${id}/sync?since=${since}${epoch === undefined ? '' : `&epoch=${epoch}`}`,
  );
  const line = await who.connect();
  const answer = await line.call({
    type: 'conversation.sync',
    conversationId: id,
    since,
    ...(epoch === undefined ? {} : { epoch }),
  });
  line.socket.close();
  if (status !== 200) return { http: body.code, socket: answer.code };
  t.same(answer.sync, body);
  return body;
}

/** Many messages over one line, which does not wait for the answers. */
async function sayMany(who: Person, conversationId: string, count: number, content = 'x'): Promise<void> {
  const line = await who.connect();
  const sends = range(1, count).map(() => line.call({ type: 'message.send', conversationId, message: { content } }));
  await Promise.all(sends);
  line.socket.close();
}

const customer = await server.visitor();
const id = await ask(customer, '1');
const { epoch } = await sync(customer, id, 0);

t.test('since 0: always reset, with the newest page (50)', async (t) => {
  t.match(await sync(customer, id, 0), {
    epoch: String,
    reset: true,
    more: false,
    rev: 2,
    conversation: { id, rev: 2, my: { unread: 0 } },
  });
  t.match(await sync(customer, id, 0, epoch), { reset: true }, 'whatever the epoch');
  await sayMany(customer, id, 69);
  const all = await sync(customer, id, 0);
  t.match(all, { reset: true, more: false, rev: 71 });
  t.same(seqs(all), range(21, 70));
});

t.test('reset false: all with a higher rev than since, oldest change first; state, not a replay', async (t) => {
  const { items } = (await customer.get(`conversations/${id}/messages?limit=200`)).body;
  for (let count = 0; count < 5; count += 1)
    await customer.patch(`conversations/${id}/messages/${items[3].id}`, { content: `${count}` });
  await customer.delete(`conversations/${id}/messages/${items[1].id}`);
  await say(agent, id, 'Hello');
  const from = await sync(customer, id, 71, epoch);
  t.match(from, { reset: false, more: false, rev: 78, conversation: { rev: 78, assignee: { id: agent.id } } });
  t.match(from.messages, [
    { seq: 4, rev: 76, content: '4' },
    { seq: 2, rev: 77, content: null, deletedAt: String },
    { seq: 71, rev: 78, content: 'Hello' },
  ]);
  t.match(from.participants, [{ user: { id: customer.id } }], 'in support all (their marks)');
  t.same(await sync(customer, id, 78, epoch), { ...from, messages: [] }, 'nothing new');
});

t.test('above 0 epoch is needed (else VALIDATION)', async (t) => {
  t.same(await sync(customer, id, 5), { http: 'VALIDATION', socket: 'VALIDATION' });
  t.match(
    (await customer.get(`conversations/${id}/sync`)).body,
    { reset: true, rev: 78 },
    'who holds nothing may say nothing',
  );
});

t.test('reset: another epoch, since above rev', async (t) => {
  t.match(await sync(customer, id, 5, 'another'), { epoch, reset: true, more: false, rev: 78 });
  t.match(await sync(customer, id, 79, epoch), { reset: true, rev: 78 });
  t.match(await sync(customer, id, Number.MAX_SAFE_INTEGER, epoch), { reset: true });
  t.equal((await customer.get(`conversations/${id}/sync?since=9007199254740992&epoch=${epoch}`)).status, 400);
});

t.test('pages of 200 changes, more until done, over 2,000 (rev − since > 2,000) reset', async (t) => {
  const [one, two] = [await server.hostUser('sync-one'), await server.hostUser('sync-two')];
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    participants: [{ userId: one.id }, { userId: two.id }],
  });
  await sayMany(one, room.id, 2001);
  const { rev } = await look(two, room.id);
  t.equal(rev, 2002);
  t.match(await sync(two, room.id, rev - 2001, epoch), { reset: true, more: false, rev });
  let since = rev - 2000;
  const seen: number[] = [];
  let pages = 0;
  for (let more = true; more; pages += 1) {
    const page = await sync(two, room.id, since, epoch);
    t.match(page, { reset: false, conversation: { rev } });
    t.ok(page.messages.length <= 200);
    t.equal(page.rev, page.messages.at(-1).rev, 'where this page brings you');
    ({ rev: since, more } = page);
    seen.push(...seqs(page));
  }
  t.equal(since, rev);
  t.equal(pages, 10);
  t.same(seen, range(2, 2001), 'without a gap, none twice');
});

t.test('a change while one pages is in a later page', async (t) => {
  const [one, two] = [await server.hostUser('sync-while-one'), await server.hostUser('sync-while-two')];
  const { body: room } = await key.post('conversations', {
    kind: 'room',
    participants: [{ userId: one.id }, { userId: two.id }],
  });
  await sayMany(one, room.id, 300);
  const first = await sync(two, room.id, 1, epoch);
  t.match(first, { more: true, rev: 201 });
  await one.patch(`conversations/${room.id}/messages/${first.messages[0].id}`, { content: 'edited' });
  const second = await sync(two, room.id, first.rev, epoch);
  t.match(second, { more: false, rev: 302, conversation: { rev: 302 } });
  t.same(seqs(second), [...range(201, 300), 1]);
});

t.test('every answer is bounded: a page of sync 256 KiB, at least one row', async (t) => {
  const visitor = await server.visitor();
  const long = await ask(visitor);
  await sayMany(agent, long, 12, '𝒳'.repeat(10_000));
  for (const since of [0, 1]) {
    const page = await sync(visitor, long, since, epoch);
    t.ok(
      Buffer.byteLength(JSON.stringify(page)) <= 256 * 1024,
      `${Buffer.byteLength(JSON.stringify(page))} bytes since ${since}`,
    );
    t.ok(page.messages.length >= 1);
    t.equal(page.reset, since === 0);
    t.equal(page.more, since !== 0);
  }
  const newest = await sync(visitor, long, 0);
  t.equal(newest.messages.at(-1).seq, 13, 'of a reset the newest are kept');
  t.equal(newest.rev, newest.conversation.rev);
  const seen: number[] = [];
  let since = 1;
  for (let more = true; more; ) {
    const page = await sync(visitor, long, since, epoch);
    ({ rev: since, more } = page);
    seen.push(...seqs(page));
  }
  t.same(seen, range(1, 13));
});

t.test(
  'participants: those with a higher rev; in support, direct and rooms of up to 50 all; on reset in larger ones the authors of the page',
  async (t) => {
    const one = await server.hostUser('sync-crowd');
    const crowd = range(1, 49).map((index) => ({ externalId: `sync-crowd-${index}` }));
    const { body: room } = await key.post('conversations', {
      kind: 'room',
      participants: [{ userId: one.id }, ...crowd],
    });
    t.match(room, { participantCount: 50, participants: [] });
    t.equal((await sync(one, room.id, 1, epoch)).participants.length, 50);
    const { body: added } = await key.post(`conversations/${room.id}/participants`, { externalId: 'sync-crowd-50' });
    const large = await sync(one, room.id, 1, epoch);
    t.match(large, { rev: 3, reset: false });
    t.same(
      large.participants.map(({ user }: Body) => user.id),
      [added.user.id],
    );
    await say(one, room.id, 'Hello');
    const reset = await sync(one, room.id, 0);
    t.same(
      reset.participants.map(({ user }: Body) => user.id),
      [one.id],
    );
    await key.delete(`conversations/${room.id}/participants/${added.user.id}`);
    const after = await sync(one, room.id, 4, epoch);
    const left = after.participants.find(({ user }: Body) => user.id === added.user.id);
    t.match(left, { leftAt: String, rev: 5 }, 'who left, too');
  },
);

t.test('what one may not read answers NOT_FOUND', async (t) => {
  const stranger = await server.visitor();
  t.same(await sync(stranger, id, 0), { http: 'NOT_FOUND', socket: 'NOT_FOUND' });
});

t.test('since and epoch are judged before access', async (t) => {
  const stranger = await server.visitor();
  t.same(await sync(stranger, id, 5), { http: 'VALIDATION', socket: 'VALIDATION' });
});

t.test('an event that comes behind the answer is above Sync.rev, none is lost', async (t) => {
  const visitor = await server.visitor();
  const busy = await ask(visitor);
  const [line, other] = [await visitor.connect(), await visitor.connect()];
  const sending = range(1, 200).map((index) =>
    other.call({ type: 'message.send', conversationId: busy, message: { content: `${index}` } }),
  );
  const syncs = range(1, 20).map(() => line.call({ type: 'conversation.sync', conversationId: busy, since: 0 }));
  await Promise.all([...sending, ...syncs]);
  await line.rest();
  let at = 2;
  for (const frame of line.frames) {
    if (frame.sync !== undefined) {
      t.ok(frame.sync.rev >= at);
      at = frame.sync.rev;
    } else if (frame.rev !== undefined) {
      if (frame.rev !== at + 1) t.fail(`event ${frame.rev} after ${at}`);
      at = frame.rev;
    }
  }
  t.equal(at, 202);
});
