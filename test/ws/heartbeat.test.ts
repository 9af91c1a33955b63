import t from 'tap';
import { startApp } from '../helper.ts';
import { frame, upgrade } from './raw-socket.ts';

const HEARTBEAT_MS = 200;

t.test('a half-open line is dropped within two heartbeats, and one that answers stays', async (t) => {
  const app = await startApp(t, { heartbeatMs: HEARTBEAT_MS, presenceGraceMs: 0 });
  const [admin, visitor] = [await app.admin(), await app.visitor()];
  const watcher = await admin.connect();
  // Reads and never answers: to the server as good as a host that is gone without a word.
  const mute = await upgrade(t, app.url, [`Authorization: Bearer ${visitor.token}`]);
  mute.socket.write(frame(0x81, '{"id":1,"type":"hello"}'));
  const said = performance.now();
  await watcher.call({ type: 'presence.watch', userIds: [visitor.user.id] });
  t.equal(await mute.closed, 1006, 'without a close: nobody is there to read it');
  const lived = performance.now() - said;
  t.ok(lived > 1.5 * HEARTBEAT_MS && lived < 3.5 * HEARTBEAT_MS, `gone after ${lived} ms`);
  t.match(await watcher.event(({ users }) => users?.[0]?.state === 'offline'), { type: 'presence' });
  for (let beat = 0; beat < 6; beat += 1) await new Promise((resolve) => watcher.socket.once('ping', resolve));
  t.match(await watcher.call({ type: 'ping' }), { type: 'ok' }, 'one that answers stays');
});

t.test('a line that talks need not answer pings', async (t) => {
  const app = await startApp(t, { heartbeatMs: HEARTBEAT_MS });
  const raw = await upgrade(t, app.url);
  const talk = setInterval(() => raw.socket.write(frame(0x81, '{"id":1,"type":"ping"}')), HEARTBEAT_MS / 4);
  t.teardown(() => clearInterval(talk));
  const line = await (await app.visitor()).connect();
  for (let beat = 0; beat < 6; beat += 1) await new Promise((resolve) => line.socket.once('ping', resolve));
  t.notOk(raw.socket.destroyed);
});
