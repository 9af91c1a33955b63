import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Body } from '../helper.ts';
import { type Person, startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const LATER = '2036-01-31T12:00:00.000Z';
const server = await startServer(t);
const [admin, ann, bob] = [
  await server.admin(),
  await server.member('agent', 'ann'),
  await server.member('agent', 'bob'),
];
const [pat, pia] = [await server.member('peer', 'pat'), await server.member('peer', 'pia')];
const key = await server.key('*');

async function forPeers(): Promise<{ customer: Person; id: string }> {
  const customer = await server.visitor({ name: 'Vera', email: 'vera@example.org' });
  const { body } = await customer.post('messages', { to: { queue: 'peer' }, message: { content: 'Hello' } });
  return { customer, id: body.conversationId };
}

/** What the side tells, in its order. */
async function told(id: string): Promise<Body[]> {
  const { team } = await look(ann, id);
  const { items } = (await ann.get(`conversations/${team.id}/messages`)).body;
  return items.map(({ system, content }: Body) => system ?? { code: 'note', content });
}

const codes = async (id: string) => (await told(id)).map(({ code }) => code);
const ids = async (person: Person, query: string) =>
  (await person.get(`conversations?limit=200&${query}`)).body.items.map((one: Body) => one.id);

t.test('two who claim at once: one has it, the other is told that somebody has', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await forPeers();
    const answers = await Promise.all([pat, pia, ann, bob].map((one) => one.post(`conversations/${id}/claim`)));
    t.same(answers.map(({ status }) => status).toSorted(), [200, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 200)?.body.assignee;
    t.equal((await look(admin, id)).assignee.id, winner.id);
    for (const [at, { status, body }] of answers.entries()) {
      if (status === 200) continue;
      t.equal(body.code, 'ALREADY_CLAIMED');
      if (at < 2) t.equal(body.details, undefined, 'a peer is not told who');
      else t.same(body.details, { assignee: winner });
    }
    t.same(await codes(id), ['assigned'], 'and one of them is told of it');
  }
});

t.test('one’s own again is no error; what is closed cannot be claimed', async (t) => {
  const id = await ask(await server.visitor());
  const first = await ann.post(`conversations/${id}/claim`);
  t.match(first, { status: 200, body: { assignee: { id: ann.id }, waiting: Number } });
  t.match(await ann.post(`conversations/${id}/claim`), { status: 200, body: { rev: first.body.rev } });
  await ann.patch(`conversations/${id}`, { status: 'closed' });
  t.match(await bob.post(`conversations/${id}/claim`), { status: 409, body: { code: 'CLOSED' } });
});

t.test('peers claim from their own queue alone, and then others of them see it no more', async (t) => {
  const [{ id }, agents] = [await forPeers(), await ask(await server.visitor())];
  t.equal((await pat.post(`conversations/${agents}/claim`)).status, 404);
  t.equal((await pat.post(`conversations/${randomUUIDv7()}/claim`)).status, 404);
  t.equal((await pia.get(`conversations/${id}`)).status, 200);
  await pat.post(`conversations/${id}/claim`);
  t.equal((await pia.get(`conversations/${id}`)).status, 404);
  t.equal((await pia.post(`conversations/${id}/claim`)).status, 409);
  const released = await pat.patch(`conversations/${id}`, { assigneeId: null });
  t.match(released, { status: 200, body: { assignee: null, waiting: Number } });
  t.equal((await pia.post(`conversations/${id}/claim`)).status, 200);
  t.equal((await pat.get(`conversations/${id}`)).status, 404, 'who had it sees it no more');
  const handed = await ann.patch(`conversations/${id}`, { assigneeId: pat.id });
  t.equal(handed.body.assignee.id, pat.id);
  t.same(
    (await told(id)).map(({ to }) => to?.name ?? null),
    ['pat', null, 'pia', 'pat'],
  );
});

t.test('"a person, please" takes nothing from a person, and brings back what nobody should have', async (t) => {
  const { customer, id } = await forPeers();
  t.equal((await customer.post(`conversations/${id}/handover`)).body.assignee, null);
  await pat.post(`conversations/${id}/claim`);
  t.equal((await customer.post(`conversations/${id}/handover`)).body.assignee.id, pat.id, 'they have one');
  t.equal((await pat.post(`conversations/${id}/handover`)).body.assignee, null);
  t.match(await look(ann, id), { assignee: null, waiting: Number });
  t.equal((await pia.post(`conversations/${id}/handover`)).status, 403, 'it only waits for her');
  await ann.patch(`conversations/${id}`, { status: 'closed' });
  t.equal((await customer.post(`conversations/${id}/handover`)).body.code, 'CLOSED');
});

t.test('tags are the side’s: told there, filtered by, and never the customer’s to see', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const [before, line] = [await look(customer, id), await customer.connect()];
  const own = line.call({ type: 'conversation.sync', conversationId: id, since: 0 });
  t.equal((await own).type, 'ok');
  const watching = await bob.connect({ inbox: true });
  const tagged = await ann.patch(`conversations/${id}`, { tags: ['urgent', 'Lamps'] });
  t.same(tagged.body.team.tags, ['Lamps', 'urgent']);
  t.equal(tagged.body.rev, before.rev, 'no rev that a customer would miss');
  await ann.patch(`conversations/${id}`, { tags: ['urgent', 'sofas'] });
  await ann.patch(`conversations/${id}`, { tags: ['sofas', 'urgent'] });
  t.match(await told(id), [
    { code: 'tags', by: { id: ann.id }, added: ['urgent', 'Lamps'], removed: [] },
    { code: 'tags', by: { id: ann.id }, added: ['sofas'], removed: ['Lamps'] },
  ]);
  const heard = (await watching.rest()).filter(({ parentId }: Body) => parentId === id);
  t.match(
    heard.map(({ rev, conversation }: Body) => [rev, conversation.team.rev, conversation.team.tags]),
    [
      [2, 2, ['Lamps', 'urgent']],
      [3, 3, ['sofas', 'urgent']],
    ],
  );
  t.same(await heardOf(line, id), [], 'the customer hears nothing');
  const after = await look(customer, id);
  t.same(after, before);
  t.same(await ids(ann, 'tag=sofas'), [id]);
  t.same(await ids(ann, 'tag=Lamps'), []);
  t.same(await ids(customer, 'tag=sofas'), [], 'nor finds by them');
  t.same(await ids(pat, 'tag=sofas'), []);
});

t.test('what tags must be', async (t) => {
  const id = await ask(await server.visitor());
  const rows: [tags: unknown, path: string][] = [
    [Array.from({ length: 21 }, (_, at) => `t${at}`), 'tags'],
    [['a', 'a'], 'tags'],
    [['x'.repeat(51)], 'tags.0'],
    [['ok', ''], 'tags.1'],
    [['a\nb'], 'tags.0'],
    ['a', 'tags'],
  ];
  for (const [tags, path] of rows) {
    const answer = await ann.patch(`conversations/${id}`, { tags });
    t.match(
      answer,
      { status: 400, body: { code: 'VALIDATION', details: { path } } },
      JSON.stringify(tags).slice(0, 40),
    );
  }
  const most = Array.from({ length: 20 }, (_, at) => `${at}`.padStart(2, '0') + '😀'.repeat(48));
  t.equal((await ann.patch(`conversations/${id}`, { tags: most })).body.team.tags.length, 20);
  const direct = await ann.post('conversations', { kind: 'direct', userId: bob.id });
  t.equal((await ann.patch(`conversations/${direct.body.id}`, { tags: [] })).status, 403);
});

t.test('what is put off leaves the open ones, and comes back with the customer’s next message', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  const counts = async () => (await (await ann.connect()).call({ type: 'inbox.watch' })).counts;
  const before = await counts();
  const put = await ann.patch(`conversations/${id}`, { snoozedUntil: LATER });
  t.match(put.body, { status: 'open', waiting: Number, team: { snoozedUntil: LATER } });
  const after = await counts();
  t.same([after.open - before.open, after.snoozed - before.snoozed, after.queue - before.queue], [-1, 1, -1]);
  t.ok((await ids(ann, 'status=snoozed')).includes(id));
  t.notOk((await ids(ann, 'status=open')).includes(id));
  t.ok((await ids(ann, 'status=open,snoozed')).includes(id));
  t.ok((await ids(customer, 'status=open')).includes(id), 'to its customer it is open');
  t.same(await ids(customer, 'status=snoozed'), []);
  t.notMatch(JSON.stringify(await look(customer, id)), /snooze/);
  await say(ann, id, 'One moment');
  t.equal((await look(ann, id)).team.snoozedUntil, LATER, 'the team’s own message leaves it');
  await say(customer, id, 'Well?');
  t.equal((await look(ann, id)).team.snoozedUntil, null);
  t.match(await told(id), [
    { code: 'snoozed', by: { id: ann.id }, until: LATER },
    { code: 'assigned', to: { id: ann.id } },
    { code: 'snoozed', by: { id: customer.id }, until: null },
  ]);
});

t.test('until when something may be put off', async (t) => {
  const id = await ask(await server.visitor());
  const past = await ann.patch(`conversations/${id}`, { snoozedUntil: '2020-01-31T12:00:00Z' });
  t.match(past, { status: 400, body: { details: { path: 'snoozedUntil', rule: /ahead/ } } });
  t.equal((await ann.patch(`conversations/${id}`, { snoozedUntil: '2036-02-30T12:00:00Z' })).status, 400);
  await ann.patch(`conversations/${id}`, { snoozedUntil: LATER });
  await ann.patch(`conversations/${id}`, { snoozedUntil: LATER });
  await ann.patch(`conversations/${id}`, { snoozedUntil: null });
  t.same(await codes(id), ['snoozed', 'snoozed']);
  await ann.patch(`conversations/${id}`, { status: 'closed' });
  t.equal((await ann.patch(`conversations/${id}`, { snoozedUntil: LATER })).body.code, 'CLOSED');
  const opened = await ann.patch(`conversations/${id}`, { status: 'open', snoozedUntil: LATER });
  t.match(opened, { status: 200, body: { team: { snoozedUntil: LATER } } });
});

t.test('one request is one rev, and one system message of the side for each thing, in their order', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  await ann.patch(`conversations/${id}`, { snoozedUntil: LATER });
  const { rev, team } = await look(ann, id);
  const line = await customer.connect();
  const all = { tags: ['done'], assigneeId: bob.id, status: 'closed', subject: 'Lamps' };
  const changed = (await ann.patch(`conversations/${id}`, all)).body;
  t.equal(changed.rev, rev + 1);
  t.match(changed.team, { rev: team.rev + 4, seq: team.seq + 4, snoozedUntil: null, tags: ['done'] });
  t.same((await codes(id)).slice(1), ['snoozed', 'closed', 'assigned', 'tags']);
  t.match(await heardOf(line, id), [
    { type: 'conversation.updated', rev: rev + 1, conversation: { status: 'closed' } },
  ]);
});

t.test('a note is one call away, and for the team alone', async (t) => {
  const { customer, id } = await forPeers();
  const [theirs, before] = [await customer.connect(), await look(customer, id)];
  const note = { id: randomUUIDv7(), content: 'He sounds upset' };
  const made = await ann.post(`conversations/${id}/notes`, note);
  const { team } = await look(ann, id);
  t.match(made, {
    status: 201,
    body: { id: note.id, conversationId: team.id, seq: 1, afterSeq: 1, author: { id: ann.id } },
  });
  t.match(await ann.post(`conversations/${id}/notes`, note), { status: 200, body: { id: note.id } });
  t.equal((await ann.post(`conversations/${team.id}/notes`, note)).status, 404, 'a note has no notes');
  t.equal((await pat.post(`conversations/${id}/notes`, { content: 'x' })).status, 404, 'it only waits for him');
  await pat.post(`conversations/${id}/claim`);
  t.equal((await pat.post(`conversations/${id}/notes`, { content: 'I know him' })).status, 201);
  t.equal((await key.post(`conversations/${id}/notes`, { content: 'Paid 3 days ago', kind: 'system' })).status, 201);
  const nobody = await customer.post(`conversations/${randomUUIDv7()}/notes`, { content: 'x' });
  t.same((await customer.post(`conversations/${id}/notes`, { content: 'x' })).body, nobody.body, 'there are none');
  t.match(await look(customer, id), { ...before, rev: before.rev + 1, assignee: { id: pat.id } });
  t.same(
    (await heardOf(theirs, id)).map(({ type }) => type),
    ['conversation.updated'],
    'of the claim',
  );
});

t.test('its customer rates what is closed, as often as they like: the last word counts', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  t.equal((await customer.post(`conversations/${id}/rating`, { score: 5 })).status, 403, 'not yet');
  await ann.patch(`conversations/${id}`, { status: 'closed' });
  const line = await ann.connect({ inbox: true });
  const { rev } = await look(customer, id);
  const rated = await customer.post(`conversations/${id}/rating`, { score: 2, comment: ' Too slow ' });
  t.match(rated, { status: 200, body: { rating: 2, rev: rev + 1 } });
  t.match(await line.event('conversation.updated'), { rev: rev + 1, conversation: { rating: 2 } });
  t.match(await line.event('message.created'), {
    parentId: id,
    message: { content: 'Too slow', system: { code: 'rated' } },
  });
  await customer.post(`conversations/${id}/rating`, { score: 4 });
  t.equal((await look(ann, id)).rating, 4);
  t.same(await codes(id), ['closed', 'rated', 'rated']);
  for (const other of [ann, admin]) t.equal((await other.post(`conversations/${id}/rating`, { score: 5 })).status, 403);
  t.equal((await pat.post(`conversations/${id}/rating`, { score: 5 })).status, 404);
  const rows: [body: object, path: string][] = [
    [{}, 'score'],
    [{ score: 0 }, 'score'],
    [{ score: 6 }, 'score'],
    [{ score: 4.5 }, 'score'],
    [{ score: 4, comment: 'x'.repeat(1001) }, 'comment'],
    [{ score: 4, stars: 4 }, 'stars'],
  ];
  for (const [body, path] of rows) {
    t.match(await customer.post(`conversations/${id}/rating`, body), { status: 400, body: { details: { path } } });
  }
});

t.test(
  'no customer ever meets an e-mail address, a tag, a note, a time put off, or whom the team told what',
  async (t) => {
    const { customer, id } = await forPeers();
    const line = await customer.connect();
    const secret = 'between-us';
    await pat.post(`conversations/${id}/claim`);
    await ann.patch(`conversations/${id}`, { tags: [secret], snoozedUntil: LATER });
    await ann.post(`conversations/${id}/notes`, { content: secret });
    await say(ann, id, 'Good day');
    await say(customer, id, 'Good day to you');
    await ann.patch(`conversations/${id}`, { assigneeId: null, tags: [] });
    await ann.patch(`conversations/${id}`, { status: 'closed', tags: [secret] });
    await customer.post(`conversations/${id}/rating`, { score: 3 });
    const paths = ['', '/messages', '/sync', '/participants', '/stats'].map((path) => `conversations/${id}${path}`);
    const read = await Promise.all([...paths, 'conversations', 'changes'].map((path) => customer.get(path)));
    t.ok(read.every(({ status }) => status === 200));
    const all = JSON.stringify([read.map(({ body }) => body), line.frames]);
    t.match(all, /Good day/, 'there was something to read');
    t.notMatch(all, /between-us|@example\.com|snooze|"tags"|"team"|"rated"|"assigned"|"closed","by"/);
    const { team } = await look(ann, id);
    t.notMatch(all, new RegExp(team.id));
    const theirs = JSON.stringify([(await ann.get(`conversations/${team.id}/messages`)).body, await look(ann, id)]);
    t.match(theirs, /between-us.*/s, 'and the team has it');
  },
);
