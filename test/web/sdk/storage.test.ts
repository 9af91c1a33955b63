import t, { type Test } from 'tap';
import { defaultStorage } from '../../../src/web/sdk/storage.ts';

/** What a browser's localStorage does, with its entries as own properties. */
class WebStorage {
  [key: string]: unknown;
  getItem(key: string): unknown {
    return this[key] ?? null;
  }
  setItem(key: string, value: string): void {
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

function browser(t: Test, get: () => unknown): void {
  const own = globalThis as Record<string, unknown>;
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  own.document = {};
  Object.defineProperty(globalThis, 'localStorage', { get, configurable: true });
  t.teardown(() => {
    delete own.document;
    if (before) Object.defineProperty(globalThis, 'localStorage', before);
    else delete own.localStorage;
  });
}

t.test('in a browser it is kept over a reload', async (t) => {
  const web = new WebStorage();
  web.setItem('theirs', 'x');
  browser(t, () => web);
  const storage = defaultStorage();
  t.ok(storage.persistent);
  storage.set('a', '1');
  storage.set('b', '2');
  storage.remove('b');
  t.same([storage.get('a'), storage.get('b'), defaultStorage().get('a')], ['1', null, '1']);
  t.same(storage.keys(), ['theirs', 'a'], 'nothing else is left there');
});

t.test('where a browser forbids it, it ends with the page', async (t) => {
  browser(t, () => {
    throw new Error('SecurityError');
  });
  const storage = defaultStorage();
  t.notOk(storage.persistent);
  storage.set('a', '1');
  t.same([storage.get('a'), storage.get('b'), storage.keys()], ['1', null, ['a']]);
  storage.remove('a');
  t.same(storage.keys(), []);
});

t.test('in Node it ends with the process, and Node’s own is not touched', async (t) => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  Object.defineProperty(globalThis, 'localStorage', {
    get: () => t.fail('touched'),
    configurable: true,
  });
  t.teardown(() => own && Object.defineProperty(globalThis, 'localStorage', own));
  t.notOk(defaultStorage().persistent);
});
