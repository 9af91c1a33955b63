import t from 'tap';
import { createEmitter } from '../../../src/web/sdk/events.ts';

t.test('a listener hears its name until it ends', async (t) => {
  const { on, emit } = createEmitter<{ a: number; b: string }>();
  const heard: unknown[] = [];
  const listener = (value: number) => heard.push(value);
  const end = on('a', listener);
  const endSecond = on('a', listener);
  on('b', (value) => heard.push(value));
  emit('a', 1);
  endSecond();
  emit('a', 2);
  end();
  end();
  emit('a', 3);
  emit('b', 'x');
  t.same(heard, [1, 1, 2, 'x']);
});

t.test('one that ends others while it is told does not take their turn', async (t) => {
  const { on, emit } = createEmitter<{ a: number }>();
  const heard: string[] = [];
  const ends = [
    on('a', () => {
      heard.push('first');
      for (const end of ends) end();
    }),
    on('a', () => heard.push('second')),
  ];
  emit('a', 1);
  emit('a', 2);
  t.same(heard, ['first', 'second']);
});

t.test("one that throws stops nobody; the mistake is the page's to see", async (t) => {
  const { on, emit } = createEmitter<{ a: number }>();
  const heard: number[] = [];
  const queue = globalThis.queueMicrotask;
  const thrown: (() => void)[] = [];
  globalThis.queueMicrotask = (run) => void thrown.push(run);
  t.teardown(() => {
    globalThis.queueMicrotask = queue;
  });
  on('a', () => {
    throw new Error('mine');
  });
  on('a', (value) => heard.push(value));
  emit('a', 1);
  t.same(heard, [1]);
  t.throws(() => thrown[0]?.(), { message: 'mine' });
});
