/** The socket in the data folder by which the command line asks a server that works. */
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { OPERATOR_SOCKET } from '../../src/protocol/operator.ts';
import { startApp } from '../helper.ts';

/** Says something to it, and gives all that it answers. */
async function say(folder: string, said: string): Promise<string> {
  const socket = connect(join(folder, OPERATOR_SOCKET));
  // One that is cut while it still speaks is told so.
  socket.on('error', () => {});
  socket.end(said);
  return text(socket).catch(() => 'cut');
}

t.test('it is the operator’s alone, and there as long as the server listens', async (t) => {
  // Short: the name of a socket may have some hundred characters.
  const folder = mkdtempSync(join(tmpdir(), 'parley-operator-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, OPERATOR_SOCKET);
  // As a server that was killed leaves it behind.
  writeFileSync(path, '');
  const app = await startApp(t, {}, { folder });
  t.ok(lstatSync(path).isSocket());
  t.equal(lstatSync(path).mode & 0o777, 0o600);
  const { value } = JSON.parse(await say(folder, JSON.stringify({ call: 'team', given: {} })));
  t.match(value, [{ role: 'admin', email: 'admin@example.com' }]);
  await app.stop();
  t.notOk(existsSync(path));
});

t.test('whatever is said to it, the server goes on', async (t) => {
  const app = await startApp(t);
  const refusals: [unknown, object][] = [
    ['{', { code: 'INTERNAL' }],
    [null, { code: 'INTERNAL' }],
    [{}, { code: 'NOT_FOUND' }],
    [{ call: 'constructor', given: {} }, { code: 'NOT_FOUND' }],
    [
      { call: 'team', given: { all: true } },
      { code: 'VALIDATION', message: /^all / },
    ],
    [{ call: 'disable' }, { code: 'VALIDATION' }],
    [
      { call: 'disable', given: { email: 7 } },
      { code: 'VALIDATION', message: /^email / },
    ],
    [{ call: 'disable', given: { email: 'nobody@example.com' } }, { code: 'NOT_FOUND' }],
    [{ call: 'disable', given: { email: 'admin@example.com' } }, { message: /last admin/ }],
    [{ call: 'add', given: { email: 'bea@example.com', name: 'Bea', role: 'bot' } }, { code: 'VALIDATION' }],
    [
      { call: 'createKey', given: { name: 'shop', scopes: ['all'] } },
      { code: 'VALIDATION', message: /^scope / },
    ],
    [{ call: 'revokeKey', given: { id: 'none' } }, { code: 'NOT_FOUND' }],
  ];
  for (const [said, refused] of refusals) {
    const told = await say(app.folder, typeof said === 'string' ? said : JSON.stringify(said));
    t.match(JSON.parse(told), { refused }, JSON.stringify(said));
  }
  t.equal(await say(app.folder, ''), '', 'who says nothing is answered nothing');
  t.match(await say(app.folder, 'x'.repeat(1_000_000)), /^(cut)?$/, 'who does not stop is cut');
  t.equal((await app.request('GET', '/readyz')).status, 200);
});

t.test('without a socket the server does what it does', async (t) => {
  // Longer than the name of any socket may be.
  const folder = join(t.testdir(), 'a-folder-with-a-long-name'.repeat(6));
  const app = await startApp(t, {}, { folder });
  t.equal((await app.request('GET', '/readyz')).status, 200);
  t.notOk(existsSync(join(folder, OPERATOR_SOCKET)));
});
