/** The outbox: written with what happened, only while somebody takes it, and taken away when everybody was told. */
import t, { type Test } from 'tap';
import { noteEvents } from '../../../src/chat/decide/outbox.ts';
import { Rates } from '../../../src/chat/decide/rates.ts';
import { outboxReadings } from '../../../src/chat/outbox/outbox-readings.ts';
import type { ThreadEvent, ThreadPublication } from '../../../src/chat/publication.ts';
import type { MessageRow, WebhookRow } from '../../../src/db/rows.ts';
import { WorkingSet } from '../../../src/db/working-set.ts';
import type { DurableEvent } from '../../../src/protocol/events.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { by, LIMITS, openWorld } from '../../world.ts';

const QUIET = { okAt: null, insert: [], save: [], remove: [], giveUp: false };

function begin(t: Test) {
  const world = openWorld(t);
  const admin = world.user('admin', 'admin');
  const ann = world.user('ann');
  const readings = outboxReadings(world.store.questions);
  const rows = async () => (await readings.after.all({ place: 0, limit: 1000 })).map(({ row }) => row);
  const hook = async (more: object = {}): Promise<WebhookRow> => {
    const about = { url: 'https://example.com/', events: ['message.created' as const], kinds: ['support' as const] };
    return world.writer.submit<WebhookRow>({ type: 'webhook.create', by: by(admin), enabled: true, ...about, ...more });
  };
  const say = (content: string) => world.send(ann, { support: 'agent' }, content);
  return { world, admin, rows, hook, say, readings };
}

t.test('nothing is written while nobody takes it', async (t) => {
  const { world, admin, rows, hook, say } = begin(t);
  await say('unheard');
  t.same(await rows(), []);
  const { id: direct } = await hook({ kinds: ['direct'] });
  await hook({ enabled: false });
  await say('unheard too');
  t.same(await rows(), []);
  const { id } = await hook();
  await say('heard');
  t.match(await rows(), [{ type: 'message.created', rev: 4 }]);
  t.ok(Number((await rows())[0]?.id) > id, 'what happened before a webhook was made lies below its key');
  await world.writer.submit({ type: 'webhook.patch', by: by(admin), webhook: id, patch: { enabled: false } });
  await world.writer.submit({ type: 'webhook.delete', by: by(admin), webhook: direct });
  await say('unheard again');
  t.equal((await rows()).length, 1);
});

t.test('a row is there with its event, in one transaction, and in the order of the events', async (t) => {
  const { world, rows, hook, say } = begin(t);
  await hook({ events: ['message.created', 'conversation.created'] });
  await Promise.all(Array.from({ length: 50 }, (_, index) => say(String(index))));
  const told = world.published.flatMap((one) => (one.type === 'thread' ? one.events : []));
  t.same(
    (await rows()).map(({ type, rev }) => [type, rev]),
    [['conversation.created', 1], ...told.map(({ event }) => [event.type, event.rev])],
  );
  await t.rejects(Promise.resolve(world.send(world.user('bob'), { conversation: 'none' }, 'refused')));
  t.equal((await rows()).length, 51);
});

t.test('rows go when every receiver is past them; who is disabled holds back nothing', async (t) => {
  const { world, admin, rows, hook, say } = begin(t);
  const [one, other] = [await hook(), await hook()];
  for (const content of ['1', '2', '3']) await say(content);
  const [first, second, third] = (await rows()).map(({ id }) => id) as [number, number, number];
  const sweep = () => world.writer.submit({ type: 'outbox.sweep', rows: [first, second, third] });
  const past = (webhook: number, place: number) =>
    world.writer.submit({ type: 'webhook.progress', webhook, place, ...QUIET });
  await past(one.id, third);
  await sweep();
  t.equal((await rows()).length, 3, 'the other was told nothing yet');
  await past(other.id, second);
  await past(other.id, first);
  await sweep();
  t.same(
    (await rows()).map(({ id }) => id),
    [third],
    'a place never goes back',
  );
  await world.writer.submit({ type: 'webhook.patch', by: by(admin), webhook: other.id, patch: { enabled: false } });
  await sweep();
  t.same(await rows(), []);
});

t.test('a streamed answer is noted once, when it is whole', async (t) => {
  const { world, say } = begin(t);
  await say('Hello?');
  const thread = world.published.find((one) => one.type === 'thread' && one.events.length > 0) as ThreadPublication;
  const [{ event: sent }] = thread.events as [ThreadEvent];
  const { message } = sent as DurableEvent & { message: Message };
  const note = (type: 'message.created' | 'message.updated' | 'message.deleted', more: Partial<Message>) => {
    const set = new WorkingSet({
      id: 1,
      epoch: 'epoch',
      position: 0,
      lastId: 5_000,
      fileBytes: 0,
      searchMark: 0,
      searchVersion: 0,
    });
    set.taken = new Set(['support message.created', 'support message.updated', 'support message.deleted']);
    set.messagesOf(thread.after.id).set(message.id, { id: 77 } as MessageRow);
    const event = { type, conversationId: thread.conversationId, rev: 9, message: { ...message, ai: true, ...more } };
    const told = { event, side: false, tellsMore: false, answered: false };
    const given = { set, position: 1, at: 0, limits: LIMITS, rates: new Rates(() => 0), told: [] };
    noteEvents(given, [{ ...thread, before: thread.after, events: [told] }]);
    return [...set.marked.outbox.keys()].map((row) => row.type);
  };
  t.same(note('message.created', { state: 'streaming' }), [], 'it begins');
  t.same(note('message.updated', {}), ['message.created'], 'it is whole');
  t.same(note('message.updated', { state: 'interrupted' }), ['message.created'], 'or never will be');
  t.same(note('message.created', {}), ['message.created'], 'one that did not stream');
  t.same(note('message.deleted', {}), ['message.deleted']);
  t.same(note('message.updated', { ai: false }), ['message.updated'], "a person's");
});

t.test('every statement goes by a key', async (t) => {
  const { world, readings } = begin(t);
  for (const [name, statement] of Object.entries(readings)) {
    const { sql } = statement.getQuery();
    const blanks = sql.matchAll(/\?/g).map(() => 1);
    const plan = world.store.reader.$client.prepare(`explain query plan ${sql}`).all(...blanks) as { detail: string }[];
    const details = plan.map(({ detail }) => detail).join('; ');
    t.notMatch(details, /\bSCAN\b|TEMP B-TREE/, `${name}: ${details}`);
  }
});
