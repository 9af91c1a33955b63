/** Events are told in batches: each as it would be told alone, and always as it is by then. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { createOutbox, type Noted, type Told } from '../../../src/chat/outbox/outbox.ts';
import { outboxReadings } from '../../../src/chat/outbox/outbox-readings.ts';
import { webhookSecrets } from '../../../src/chat/outbox/webhook-secret.ts';
import { prepareRows } from '../../../src/chat/readings/rows.ts';
import { WEBHOOK_EVENTS } from '../../../src/protocol/webhook.ts';
import { by, openWorld } from '../../world.ts';

const beginning = { id: null, ip: '192.0.2.7', userAgent: 'Browser', context: {} };
const bodyOf = (told: Told | undefined) => JSON.parse((told !== undefined && 'body' in told && told.body) || 'null');

async function begin(t: Test) {
  const world = openWorld(t);
  const { store, writer } = world;
  const admin = world.user('admin', 'admin');
  const outbox = () =>
    createOutbox({
      store,
      writer,
      readings: outboxReadings(store.questions),
      secrets: webhookSecrets(Buffer.alloc(32)),
      config: { maxLength: 1000, webhookAddresses: false },
      now: Date.now,
    });
  const kinds = ['support', 'direct', 'room'] as const;
  const about = { url: 'https://example.com/', events: [...WEBHOOK_EVENTS], kinds: [...kinds] };
  await writer.submit({ type: 'webhook.create', by: by(admin), enabled: true, ...about });
  const noted = async (): Promise<Noted[]> => (await outbox().after(0, 1000)).events;
  return { world, admin, outbox, noted };
}

/** Everything that can happen, in several conversations of each kind. */
async function happen({ world, admin }: Awaited<ReturnType<typeof begin>>) {
  const { store, writer } = world;
  const rows = prepareRows(store.questions);
  for (const name of ['ann', 'bob', 'cid']) {
    const customer = world.user(name);
    const friend = world.user(`${name}'s friend`, 'agent');
    const { message } = (await world.send(customer, { support: 'agent' }, 'Hello', { beginning })) as Message;
    const conversation = message.conversationId;
    await writer.submit({
      type: 'conversation.patch',
      by: by(admin),
      conversation,
      assignee: { uuid: friend.uuid },
      tags: ['b', 'a'],
      ifSeq: null,
    });
    const main = await rows.conversationByUuid.get({ uuid: conversation });
    const side = await rows.side.get({ parent: main?.id ?? 0 });
    await world.send(friend, { conversation: side?.uuid ?? '' }, 'a note');
    const link = { url: 'https://example.com/lamp.png', name: 'lamp.png', mediaType: 'image/png' };
    const file = (await world.send(friend, { conversation }, '', { link })) as Message;
    await writer.submit({ type: 'message.edit', by: by(customer), conversation, id: message.id, content: 'Hello!' });
    await writer.submit({ type: 'message.delete', by: by(friend), conversation, id: file.message.id });
    await world.send(customer, { user: { uuid: friend.uuid } }, 'between us');
    const guests = [customer, friend].map(({ uuid }) => ({ user: { uuid }, name: null, title: 'guest' }));
    const room = { kind: 'room' as const, subject: name, externalId: name, maxLength: null, guests };
    await writer.submit({ type: 'conversation.create', by: by(admin), beginning, ...room });
    const called = await rows.conversationByExternalId.get({ externalId: name });
    const guest = { user: { uuid: friend.uuid }, name: null, title: 'doctor' };
    await writer.submit({ type: 'participant.put', by: by(admin), conversation: called?.uuid ?? '', guest });
  }
}

interface Message {
  message: { id: string; conversationId: string };
}

t.test('a batch is told as each of its events alone', async (t) => {
  const house = await begin(t);
  await happen(house);
  const noted = await house.noted();
  const together = await house.outbox().tell(noted);
  const alone = (await Promise.all(noted.map((one) => house.outbox().tell([one])))).flat();
  t.same(together, alone);
  const bodies = together.map(bodyOf);
  t.same([...new Set(bodies.map(({ type }) => type))].sort(), [...WEBHOOK_EVENTS].sort(), 'of every type there is one');
  t.equal(bodies.filter(({ parentId }) => parentId !== undefined).length >= 3, true);
  const support = bodies.filter(({ conversation }) => conversation?.kind === 'support');
  t.ok(
    support.every(({ conversation: { team, participants, assignee } }) => {
      return team.ip === null && team.tags.join() === 'a,b' && participants.length === 1 && assignee !== null;
    }),
  );
  t.ok(bodies.every(({ conversation }) => conversation?.kind !== 'room' || conversation.participants.length === 0));
  t.same(await house.outbox().tell([...noted].reverse()), [...alone].reverse());
});

t.test('what was told is told anew when something has changed', async (t) => {
  const house = await begin(t);
  const { world, outbox } = house;
  const ann = world.user('ann');
  const { message } = (await world.send(ann, { support: 'agent' }, 'my secret')) as Message;
  const [, created] = await house.noted();
  const one = outbox();
  const tell = async () => bodyOf((await one.tell(created === undefined ? [] : [created]))[0]);
  t.match(await tell(), { type: 'message.created', message: { content: 'my secret' } });
  t.same(await tell(), await tell());
  await world.writer.submit({
    type: 'message.delete',
    by: by(ann),
    conversation: message.conversationId,
    id: message.id,
  });
  t.match(await tell(), { type: 'message.deleted', message: { content: null } });
});

t.test('an event that cannot be told keeps none of the others', async (t) => {
  const house = await begin(t);
  const { world } = house;
  const ann = world.user('ann');
  await world.send(ann, { support: 'agent' }, 'one');
  await world.send(ann, { support: 'agent' }, 'two');
  const [, first, second] = (await house.noted()) as [Noted, Noted, Noted];
  const file = new Database(join(world.folder, 'parley.db'));
  file.prepare(`update messages set extra = '{"system":{"code":"joined"}}' where id = ?`).run(first.subject);
  file.close();
  const [odd, whole] = await house.outbox().tell([first, second]);
  t.match(odd, { fault: /names nobody/ });
  t.match(bodyOf(whole), { message: { content: 'two' } });
  const gone = { ...second, uuid: 'gone', subject: 0 };
  const deleted = { ...second, uuid: 'deleted', conversation: 0 };
  t.same(await house.outbox().tell([gone, deleted]), [{ body: null }, { body: null }], 'nothing of it is left');
});
