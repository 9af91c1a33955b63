/** Slow readings over PostgreSQL: by name, each over one state, and beside everything else. */
import { sql } from 'drizzle-orm';
import t, { type Test } from 'tap';
import { openPostgres } from '../../../src/db/postgres/open.ts';
import type { Questions } from '../../../src/db/questions.ts';
import { users } from '../../../src/db/schema/people.ts';
import { Refusal } from '../../../src/protocol/refusal.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(300_000);
const postgres = noPostgres ? null : await startPostgres(t);

async function opened(t: Test) {
  const url = (await postgres?.database()) ?? '';
  // Two of nine are for slow ones.
  const options = { connections: 9, maxWaitingReadings: 2 };
  const store = await openPostgres({ url, newEpoch: () => 'e', now: () => 1, ...options });
  t.teardown(() => store.close());
  const gate = Promise.withResolvers<void>();
  let made = 0;
  let held = 0;
  const readers = store.openReaders({
    thread: { file: new URL(import.meta.url) },
    here: async (questions: Questions) => {
      made += 1;
      const people = questions.select({ count: sql<number>`count(*)` }).from(users).prepare();
      const count = async () => (await people.get({}))?.count ?? 0;
      return {
        countTwice: async (between: () => Promise<unknown>) => {
          const first = await count();
          await between();
          return [first, await count()];
        },
        count: async (added: number) => (await count()) + added,
        refuse: () => {
          throw new Refusal('NOT_FOUND');
        },
        hold: async () => {
          await count();
          held += 1;
          await gate.promise;
          return count();
        },
      };
    },
  });
  return { store, url, readers, release: gate.resolve, made: () => made, held: () => held };
}

t.test('a reading by its name sees one state, and gives what it gives', { skip: noPostgres }, async (t) => {
  const { url, readers, made } = await opened(t);
  const enter = () =>
    queried(url, (client) =>
      client.query(
        `insert into users (id, uuid, role, anonymous, name, fields, created_at)
         select coalesce(max(id), 0) + 1, gen_random_uuid(), 'user', false, 'Ann', '{}', 0 from users`,
      ),
    );
  await enter();
  t.same(await readers.read('countTwice', enter), [1, 1], 'what is written in between is for the next');
  t.equal(await readers.read('count', 10), 12);
  await t.rejects(readers.read('refuse'), { name: 'Refusal', code: 'NOT_FOUND' });
  t.equal(await readers.read('count', 0), 2);
  await t.rejects((readers as { read(name: string): Promise<unknown> }).read('drop'), { message: /no reading "drop"/ });
  t.equal(made(), 1, 'they are prepared once');
});

t.test('slow ones hold up nobody else, and too many of them are refused', { skip: noPostgres }, async (t) => {
  const { store, readers, release, held } = await opened(t);
  const holding = [readers.read('hold'), readers.read('hold')];
  while (held() < 2) await store.clock();
  const waiting = [readers.read('count', 1), readers.read('count', 2)];
  const one = readers.read('count', 3).catch((error: unknown) => error);
  t.match(await one, { name: 'Refusal', code: 'OVERLOADED', retryMs: Number });
  const others = Array.from({ length: 300 }, () => store.reading(store.clock));
  t.same(
    new Set(await Promise.all(others)),
    new Set([1_000]),
    'others have connections of their own, and wait for them',
  );
  release();
  t.same(await Promise.all([...holding, ...waiting]), [0, 0, 1, 2]);
});
