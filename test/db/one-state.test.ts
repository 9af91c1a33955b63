/** Readings see one state of the file from their first question to their last. */
import { asc } from 'drizzle-orm';
import t from 'tap';
import type { Questions } from '../../src/db/questions.ts';
import { users } from '../../src/db/schema/people.ts';
import { register } from './register.ts';

const asked = (questions: Questions) => {
  const names = questions.select({ name: users.name }).from(users).orderBy(asc(users.id)).prepare();
  return async () => (await names.all({})).map(({ name }) => name);
};

t.test('what is committed between two questions of a reading is for the next reading', async (t) => {
  const { store, enter } = register(t);
  const names = asked(store.questions);
  await enter('Ann');
  const seen = await store.reading(async () => {
    const first = await names();
    await enter('Ben');
    return [first, await names()];
  });
  t.same(seen, [['Ann'], ['Ann']]);
  t.same(await store.reading(names), ['Ann', 'Ben']);
});

t.test('readings under way together share a state, and one that fails takes nothing from the others', async (t) => {
  const { store, enter } = register(t);
  const names = asked(store.questions);
  await enter('Ann');
  const fails = store.reading(async () => {
    await names();
    throw new Error('not so');
  });
  const [, within] = await Promise.all([
    t.rejects(fails, { message: 'not so' }),
    store.reading(async () => [await names(), await store.reading(names)]),
  ]);
  t.same(within, [['Ann'], ['Ann']]);
  t.notOk(store.reader.$client.inTransaction);
});

t.test('a reading is over in the turn in which it began, so that no commit waits for it to see it', async (t) => {
  const { store } = register(t);
  const names = asked(store.questions);
  const over = store.reading(async () => {
    for (let time = 0; time < 100; time += 1) await names();
  });
  await new Promise(setImmediate);
  t.notOk(store.reader.$client.inTransaction);
  await over;
});

t.test('a question in the words of the engine takes what it is given by name', async (t) => {
  const { store, enter } = register(t);
  await enter('Ann');
  const text = 'select id, name from users where name = $name';
  for (const words of [text, { sqlite: text, postgres: 'never asked' }]) {
    const question = store.questions.inWords<{ name: string }, { id: number; name: string }>(words);
    t.match(await question.get({ name: 'Ann' }), { name: 'Ann' });
    t.same(await question.all({ name: 'Ben' }), []);
  }
});
