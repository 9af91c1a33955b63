/** The set of rows that the writer keeps says what the file says, whether a row was there before or is read now. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import { Loader } from '../../src/db/loader.ts';
import { prepareLoader } from '../../src/db/loader-statements.ts';
import type { UserRow } from '../../src/db/rows.ts';
import { WorkingSet } from '../../src/db/working-set.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import { by, openWorld } from '../world.ts';
import { codeOf, lastTold, reopened } from './reopened.ts';

const toAgents = { support: 'agent' } as const;
const nothing = { id: null, ip: null, userAgent: null, context: {} };

const patched = (user: UserRow, conversation: string, what: object) =>
  ({ type: 'conversation.patch', by: by(user), conversation, ifSeq: null, ...what }) as Change;

t.test('a closed conversation that is reopened after a restart leaves the key to the open one', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const first = ((await world.send(ann, toAgents, 'one')) as Sent).message.conversationId;
  await world.writer.submit(patched(bob, first, { status: 'closed' }));
  const second = ((await world.send(ann, toAgents, 'two')) as Sent).message.conversationId;
  t.not(second, first);

  const again = await reopened(t, world);
  t.equal(await codeOf(again.send(ann, { conversation: first }, 'It broke again.')), null);
  t.same(again.faults, []);
  const next = (await again.send(ann, toAgents, 'three')) as Sent;
  t.equal(next.message.conversationId, second, '`to` still means the one that holds the key');
  await again.writer.submit(patched(bob, second, { status: 'closed' }));
  await again.writer.submit(patched(bob, first, { status: 'closed' }));
  await again.writer.submit(patched(bob, first, { status: 'open' }));
  t.equal(((await again.send(ann, toAgents, 'four')) as Sent).message.conversationId, first, 'a free key is taken');
});

t.test('who wrote last is told though they are neither customer nor assignee', async (t) => {
  const world = openWorld(t);
  const [ann, bob, cas] = [world.user('ann'), world.user('bob', 'agent'), world.user('cas', 'agent')];
  const conversation = ((await world.send(ann, toAgents, 'Hello')) as Sent).message.conversationId;
  await world.send(bob, { conversation }, 'I was here.');
  await world.writer.submit(patched(bob, conversation, { assignee: { uuid: cas.uuid } }));

  const again = await reopened(t, world);
  const answer = await again.writer.submit<{ conversation: Conversation }>(
    patched(cas, conversation, { subject: 'Lamps' }),
  );
  t.equal(answer.conversation.last?.authorId, bob.uuid);
  t.equal(lastTold(again).conversation?.last?.authorId, bob.uuid);
});

t.test('who wrote last in a room is told too', async (t) => {
  const world = openWorld(t);
  const [host, una, ulf] = [world.user('host', 'admin'), world.user('una'), world.user('ulf')];
  const guests = [una, ulf].map((user) => ({ user: { uuid: user.uuid }, name: null }));
  const room = { type: 'conversation.create', by: by(host), beginning: nothing, kind: 'room', guests } as const;
  const made = await world.writer.submit<{ conversation: Conversation }>({
    ...room,
    guests,
    subject: null,
    externalId: null,
    maxLength: null,
  });
  await world.send(una, { conversation: made.conversation.id }, 'Hello');

  const again = await reopened(t, world);
  await again.writer.submit(patched(host, made.conversation.id, { subject: 'Lamps' }));
  t.equal(lastTold(again).conversation?.last?.authorId, una.uuid);
});

t.test('who is put in charge is written of by the author row that they have', async (t) => {
  const world = openWorld(t);
  const [ann, bob, cas] = [world.user('ann'), world.user('bob', 'agent'), world.user('cas', 'agent')];
  const conversation = ((await world.send(ann, toAgents, 'Hello')) as Sent).message.conversationId;
  await world.send(cas, { conversation }, 'Mine.');
  await world.writer.submit(patched(bob, conversation, { assignee: null }));

  const again = await reopened(t, world);
  await again.writer.submit(patched(bob, conversation, { assignee: { uuid: cas.uuid } }));
  await again.writer.submit({
    type: 'conversation.create',
    by: by(bob),
    beginning: { ...nothing, id: randomUUIDv7() },
    kind: 'support',
    subject: null,
    customer: { uuid: ann.uuid },
    queue: 'agent',
    assignee: { uuid: cas.uuid },
  });
  const rows = again.store.reader.$client.prepare('select count(*) from authors where user = ?').pluck().get(cas.id);
  t.equal(rows, 1);
});

t.test('the set is as large as all who are held in it, strangers too', async (t) => {
  const world = openWorld(t);
  const host = world.user('host', 'admin');
  const people = Array.from({ length: 30 }, (_, index) => world.user(`user ${index}`));
  const made = await world.writer.submit<{ conversation: Conversation }>({
    type: 'conversation.create',
    by: by(host),
    beginning: nothing,
    kind: 'room',
    subject: null,
    externalId: null,
    maxLength: null,
    guests: people.slice(0, 20).map(({ uuid }) => ({ user: { uuid }, name: null })),
  });
  const set = new WorkingSet({
    id: 1,
    epoch: '',
    position: 0,
    lastId: 0,
    fileBytes: 0,
    searchMark: 0,
    searchVersion: 0,
  });
  const loader = new Loader(prepareLoader(world.store.reader));
  loader.begin(set);
  for (const { id } of people) loader.user(id);
  loader.conversation(made.conversation.id);
  const before = set.size;
  for (const { id } of [...people, ...people]) loader.participant(made.conversation.id, id);
  t.equal(set.size - before, 30);
});

t.test('a room is found again by its id and by its externalId, by the admin who made it', async (t) => {
  const world = openWorld(t);
  const [host, ada] = [world.user('host', 'admin'), world.user('ada', 'admin')];
  const room = (user: UserRow, externalId: string | null, id: string | null): Change => ({
    type: 'conversation.create',
    by: by(user),
    beginning: { ...nothing, id },
    kind: 'room',
    subject: null,
    externalId,
    maxLength: null,
    guests: [],
  });
  const rooms = [
    ['call', randomUUIDv7()],
    [null, randomUUIDv7()],
  ] as const;
  for (const [externalId, id] of rooms) await world.writer.submit(room(host, externalId, id));

  const again = await reopened(t, world);
  for (const [externalId, id] of rooms) {
    t.match(await again.writer.submit(room(host, externalId, id)), { made: false, conversation: { id } });
    t.equal(await codeOf(again.writer.submit(room(ada, externalId, id))), 'IN_USE', 'who is not in it reads nothing');
  }
  const third = await reopened(t, { store: again.store, folder: world.folder });
  const [[externalId, id]] = rooms;
  t.match(await third.writer.submit(room(host, externalId, null)), { made: false, conversation: { id } });
  t.equal(await codeOf(third.writer.submit(room(ada, externalId, null))), 'IN_USE');
});
