import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { startApp } from '../helper.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

t.test('an open line does not hold the request that opened it', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const requests: WeakRef<IncomingMessage>[] = [];
  app.app.server.on('upgrade', (request: IncomingMessage) => requests.push(new WeakRef(request)));
  const lines = await Promise.all(Array.from({ length: 10 }, () => visitor.connect()));
  // A weak reference that was made or read lives to the end of its turn.
  for (let turn = 0; turn < 3; turn += 1) {
    await Promise.all(lines.map((line) => line.call({ type: 'ping' })));
    collect();
  }
  t.equal(requests.length, 10);
  t.equal(requests.filter((request) => request.deref() !== undefined).length, 0);
});
