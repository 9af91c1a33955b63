import t from 'tap';
import { refusalOf, register } from '../db/register.ts';

t.test('a batch with a bad change is still one commit, told in the order of the queue', async (t) => {
  const told: string[][] = [];
  const { enter, names, faults } = register(t, {
    publish: (decided) => {
      told.push(decided.flatMap(({ publications }) => publications));
      for (const { settle } of decided) settle();
    },
  });
  await enter('zero');
  told.length = 0;
  const order: string[] = [];
  const note = (name: string) => (answer: { then: PromiseLike<unknown>['then'] }) =>
    answer.then(
      () => order.push(name),
      (error) => order.push(`${name} ${error.code}`),
    );
  await Promise.all([
    note('a')(enter('a')),
    note('b')(enter('b', { role: 'nobody' })),
    note('c')(enter('c')),
    note('d')(enter('d', { judged: 'fault' })),
    note('e')(enter('e')),
  ]);
  t.same(told, [['a', 'c', 'e']], 'the disk is asked once for all that can go together');
  t.same(order, ['a', 'b INTERNAL', 'c', 'd INTERNAL', 'e']);
  t.same(names(), ['zero', 'a', 'c', 'e']);
  t.equal(faults.length, 3, 'the batch, and then the two alone');
  t.equal(await refusalOf(enter('f')), null);
});

t.test('positions and keys go on behind what was refused', async (t) => {
  const { enter, store, writer } = register(t, { now: () => 1000 });
  const answers = await Promise.allSettled([enter('a'), enter('b', { role: 'nobody' }), enter('c'), enter('d')]);
  const positions = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.position] : []));
  t.same(positions, [...new Set(positions)].toSorted(), 'they rise');
  t.equal(writer.position, positions.at(-1));
  const read = (sql: string) => Number(store.reader.$client.prepare(sql).pluck().get());
  t.ok(read('select position from meta') >= writer.position, 'the file is not behind the clock');
  t.ok(read('select last_id from meta') >= read('select max(id) from users'), 'nor behind a key');
  t.equal(read('select count(distinct id) from users'), 3);
});
