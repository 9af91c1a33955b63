import t, { type Test } from 'tap';
import { systemClock } from '../../../src/web/sdk/clock.ts';
import { startApp } from '../../helper.ts';
import { client, until } from './live.ts';
import { manualClock, settled } from './manual-clock.ts';
import { startProxy } from './proxy.ts';

/** Puts a page's surroundings around the client, as far as it looks at them. */
function page(t: Test) {
  const own = globalThis as Record<string, unknown>;
  const network = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const before = { document: own.document, add: own.addEventListener, remove: own.removeEventListener };
  own.document = document;
  own.addEventListener = network.addEventListener.bind(network);
  own.removeEventListener = network.removeEventListener.bind(network);
  const online = (is: boolean) => Object.defineProperty(navigator, 'onLine', { value: is, configurable: true });
  t.teardown(() => {
    if (before.document === undefined) delete own.document;
    own.addEventListener = before.add;
    own.removeEventListener = before.remove;
    Reflect.deleteProperty(navigator, 'onLine');
  });
  return {
    online(is: boolean) {
      online(is);
      network.dispatchEvent(new Event(is ? 'online' : 'offline'));
    },
    visible(is: boolean) {
      document.visibilityState = is ? 'visible' : 'hidden';
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

/** Its first wait after a lost line, of nearly half a second, is longer than any test. */
const slow = {
  ...systemClock,
  random: () => 0.999,
  after: (ms: number, run: () => void) => systemClock.after(ms > 499 && ms < 500 ? 1e9 : ms, run),
};

t.test('when the network comes back it tries at once', async (t) => {
  const surroundings = page(t);
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const visitor = await app.visitor();
  const made = client(t, proxy.url, visitor.token, { clock: slow });
  await made.connect();
  surroundings.online(false);
  proxy.refuse(true);
  await until(made, 'offline', () => made.state.name === 'offline');
  proxy.refuse(false);
  surroundings.online(true);
  await until(made, 'online', () => made.state.name === 'online');
  t.pass('without waiting for the next try');
});

t.test('a page that is looked at again tries at once', async (t) => {
  const surroundings = page(t);
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const visitor = await app.visitor();
  const made = client(t, proxy.url, visitor.token, { clock: slow });
  await made.connect();
  surroundings.visible(false);
  proxy.refuse(true);
  await until(made, 'no line', () => made.state.name === 'reconnecting');
  proxy.refuse(false);
  surroundings.visible(true);
  await until(made, 'online', () => made.state.name === 'online');
  t.pass('without waiting for the next try');
});

t.test('hidden for half a minute, the socket is replaced; the old one serves until then', async (t) => {
  const surroundings = page(t);
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const visitor = await app.visitor();
  let shift = 0;
  const clock = { ...systemClock, now: () => Date.now() + shift };
  const made = client(t, proxy.url, visitor.token, { clock });
  const states: string[] = [];
  made.on('state', ({ name }) => states.push(name));
  await made.connect();
  const before = proxy.made();
  surroundings.visible(false);
  shift += 29_000;
  surroundings.visible(true);
  await made.http.json('GET', '/v1/me');
  const connections = proxy.made();
  const welcomed = new Promise((resolve) => made.on('user', resolve));
  surroundings.visible(false);
  shift += 30_000;
  surroundings.visible(true);
  await welcomed;
  t.equal(connections - before, 1, 'not after 29 s: the one is the request');
  t.equal(proxy.made() - connections, 1, 'after 30 s there is another line');
  t.same(states, ['connecting', 'online'], 'nobody noticed');
  t.match(await made.send({ to: 'support' }, 'here').done, { content: 'here' });
});

t.test('a client that is closed looks at nothing any more', async (t) => {
  const surroundings = page(t);
  const app = await startApp(t);
  const visitor = await app.visitor();
  const time = manualClock();
  const made = client(t, app.url, visitor.token, { clock: time.clock });
  await made.connect();
  made.close();
  surroundings.online(true);
  surroundings.visible(true);
  await settled();
  t.match(made.state, { name: 'stopped', reason: 'CLOSED' });
  t.equal(time.waiting(), 0, 'no timer is left');
});
