/** How many statements readings are over PostgreSQL: as many for a page of conversations as for one, to the number. */
import t, { type Test } from 'tap';
import { createReadings } from '../../../src/chat/readings/readings.ts';
import { SEARCH_START } from '../../../src/chat/readings/search.ts';
import { prepareSlowReadings } from '../../../src/chat/readings/slow-readings.ts';
import { shareDatabase } from '../../../src/db/postgres/connect.ts';
import { type Connection, Pool } from '../../../src/db/postgres/pool.ts';
import { postgresQuestions } from '../../../src/db/postgres/questions.ts';
import { readingsOver } from '../../../src/db/postgres/reading.ts';
import { as } from '../../chat/readings/shelf.ts';
import { type Actor, startApp } from '../../helper.ts';
import { blankUser } from '../../world.ts';
import { rowsOf } from './house.ts';
import { noPostgres, startPostgres } from './server.ts';

t.setTimeout(300_000);
const postgres = noPostgres ? null : await startPostgres(t);

/** Counts what its connections are asked; that a reading begins and ends is not counted. */
class CountedPool extends Pool {
  asked = 0;
  private readonly counted = new WeakSet<Connection>();

  override async take(): Promise<Connection> {
    const connection = await super.take();
    if (this.counted.has(connection)) return connection;
    this.counted.add(connection);
    const query = connection.query.bind(connection) as (...given: unknown[]) => unknown;
    connection.query = ((...given: unknown[]) => {
      if (typeof given[0] === 'object') this.asked += 1;
      return query(...given);
    }) as never;
    return connection;
  }
}

const MANY = 12;

/** Of an agent over support, and of a user over direct conversations. */
const OF_AN_AGENT = {
  ...{ 'hello with 1 rev': 21, 'hello with 10 revs': 21, 'hello that is new': 8, sync: 11, 'sync anew': 8 },
  ...{ changes: 10, list: 7, history: 4, conversation: 5, unread: 6, search: 5, 'inbox counts': 2 },
};
const OF_A_USER = {
  ...{ 'hello with 1 rev': 18, 'hello with 10 revs': 18, 'hello that is new': 5, sync: 13, 'sync anew': 10 },
  ...{ changes: 5, list: 4, history: 7, conversation: 5, unread: 2, search: 6 },
};

/** An agent's house: support, direct conversations and a room, with something said, changed and unread in each. */
async function filled(t: Test, database: string): Promise<{ ann: Actor; una: Actor }> {
  const app = await startApp(t, { database, direct: 'everybody' });
  const [ann, una] = [await app.member('agent', 'Ann'), await app.hostUser('una')];
  const say = async (who: Actor, where: string, content: string) =>
    (await who.request('POST', `conversations/${where}/messages`, { content })).body;
  const begin = async (who: Actor, to: unknown) =>
    (await who.request('POST', 'messages', { to, message: { content: 'a green lamp' } })).body.conversationId as string;
  for (let count = 0; count < MANY; count += 1) {
    const visitor = await app.visitor({ name: `V${count}` });
    const support = await begin(visitor, 'support');
    await ann.request('PATCH', `conversations/${support}`, { tags: ['lamps'] });
    const answer = await say(ann, support, 'a blue one');
    await ann.request('PATCH', `conversations/${support}/messages/${answer.id}`, { content: 'a blue lamp' });
    await say(visitor, support, 'thanks');
    const other = await app.hostUser(`other-${count}`);
    const direct = await begin(other, { userId: una.user.id });
    await say(una, direct, 'a lamp?');
    await una.request('POST', `conversations/${direct}/read`, { seq: 1 });
    await say(other, direct, 'yes');
  }
  await app.stop();
  return { ann, una };
}

t.test('a reading is few statements, however many conversations it tells of', { skip: noPostgres }, async (t) => {
  const url = (await postgres?.database()) ?? '';
  const { ann, una } = await filled(t, url);
  const pool = new CountedPool({
    url,
    admit: shareDatabase,
    connections: 2,
    maxWaiting: 10,
    statementMs: 10_000,
    onError: t.error,
  });
  t.teardown(() => pool.close());
  const { ask, reading } = readingsOver(pool);
  const questions = postgresQuestions(ask);
  const clock = questions.inWords<object, { position: number }>('select position from meta');
  const [{ epoch } = { epoch: '' }] = await rowsOf<{ epoch: string }>(url, 'select epoch from meta');
  const store = { questions, reading, epoch, clock: async () => (await clock.get({}))?.position ?? 0 };
  const readings = createReadings({ store, config: { maxLength: 1000 }, running: () => undefined });
  const slow = prepareSlowReadings(questions).readings;
  const callerOf = async ({ user }: Actor) => {
    const [row] = await rowsOf<{ id: number }>(url, 'select id from users where uuid = $1', [user.id]);
    return as({ ...blankUser(row?.id ?? 0, user.name ?? '', user.role), uuid: user.id });
  };
  /** Of a reading that was done before: types are asked once. */
  const countOf = async (read: () => Promise<unknown>): Promise<number> => {
    await read();
    pool.asked = 0;
    await read();
    return pool.asked;
  };

  for (const who of [ann, una]) {
    const caller = await callerOf(who);
    const { items } = await readings.conversations(caller, { limit: MANY });
    t.equal(items.length, MANY);
    const [one] = items.map(({ id }) => id) as [string];
    const cursor = readings.cursor(caller, (await store.clock()) - 60_000_000);
    const revs = (count: number) => Object.fromEntries(items.slice(0, count).map(({ id, rev }) => [id, rev - 2]));
    const counts = {
      'hello with 1 rev': await countOf(() => readings.hello(caller, { cursor, revs: revs(1) })),
      'hello with 10 revs': await countOf(() => readings.hello(caller, { cursor, revs: revs(10) })),
      'hello that is new': await countOf(() => readings.hello(caller, {})),
      sync: await countOf(() => readings.sync(caller, one, { since: 1, epoch })),
      'sync anew': await countOf(() => readings.sync(caller, one, { since: 0, epoch: undefined })),
      changes: await countOf(() => readings.changes(caller, cursor)),
      list: await countOf(() => readings.conversations(caller, { limit: MANY })),
      history: await countOf(() => readings.history(caller, one, {})),
      conversation: await countOf(() => readings.conversation(caller, one)),
      unread: await countOf(() => readings.unread(caller)),
      search: await countOf(() => reading(() => slow.search(caller, { q: 'lamp' }, SEARCH_START))),
      ...(who === ann ? { 'inbox counts': await countOf(() => readings.counts(caller)) } : {}),
    };
    t.same(counts, who === ann ? OF_AN_AGENT : OF_A_USER);
  }
});
