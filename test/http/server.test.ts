import t from 'tap';
import type { ServerState } from '../../src/protocol/server-state.ts';
import { startApp } from '../helper.ts';

t.test('how the server is, for admins', async (t) => {
  const app = await startApp(t, { writerQueue: 500 });
  const admin = await app.admin();
  const state = async () => (await admin.request('GET', 'server')).body as ServerState;
  const timesOf = ({ routes }: ServerState, name: string) =>
    routes.find(({ method, route }) => `${method} ${route}` === name);

  const before = await state();
  t.match(before, { version: 'development', trouble: null, connections: { lines: 0, users: 0 } });
  t.match(before.writer, { waiting: 0, mostWaiting: 500 });
  t.ok(before.disk.databaseBytes > 0 && (before.disk.freeBytes ?? 0) > 0);

  const visitor = await app.visitor();
  await visitor.connect();
  for (let n = 0; n < 3; n += 1) {
    await visitor.request('POST', 'messages', { to: 'support', message: { content: `message ${n}` } });
  }
  await app.request('GET', 'no-such-thing', undefined, visitor.token);
  const after = await state();
  t.same([after.connections.lines, after.connections.users], [1, 1]);
  t.ok(after.writer.changes >= before.writer.changes + 3, 'what was written is counted');
  t.ok(after.writer.batches > before.writer.batches && after.writer.batchP99Ms > 0);
  const sends = timesOf(after, 'POST /v1/messages');
  t.equal(sends?.count, 3);
  t.ok(sends && sends.p50Ms > 0 && sends.p50Ms <= sends.p99Ms && sends.p99Ms <= sends.maxMs);
  t.notOk(
    after.routes.some(({ route }) => route.includes('no-such')),
    'nobody makes the list longer by asking for what is not there',
  );
  t.notOk(timesOf(after, 'GET /v1/ws'), 'a line is no answer');

  t.notOk(after.unknownProxy);
  await app.request('GET', 'widget/config', undefined, undefined, { 'x-forwarded-for': '203.0.113.7' });
  t.ok((await state()).unknownProxy, 'a proxy that the settings do not name is told of');

  t.equal((await visitor.request('GET', 'server')).status, 403);
  t.equal((await app.request('GET', 'server')).status, 401);
});
