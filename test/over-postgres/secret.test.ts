/** What servers of one PostgreSQL sign with: one secret, in the database, whatever their data folders hold. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { transferBetween } from '../../src/cli/transfer.ts';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { type Actor, startApp, type TestApp } from '../helper.ts';

t.setTimeout(240_000);
const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = async () => (await postgres?.database()) ?? '';

const statusAt = async (app: TestApp, { token, user }: Actor) =>
  (await app.actor(token, user).request('GET', 'me')).status;

/** One after another on a database, each with a folder of its own. */
async function started(t: Test, database: string, folder: string): Promise<TestApp> {
  return startApp(t, { database }, { folder });
}

t.test('what one server signs another takes, of any folder', { skip: noPostgres }, async (t) => {
  const database = await newDatabase();
  const [one, other] = [tempFolder(t), tempFolder(t)];
  const first = await started(t, database, one);
  const admin = await first.admin();
  const ticket = (await admin.request('GET', 'me/ticket')).body.value;
  await first.stop();
  t.notOk(existsSync(join(one, 'secret')), 'the database has it alone');

  const second = await started(t, database, other);
  t.equal(await statusAt(second, admin), 200);
  const tried = await second.request('GET', `attachments/${admin.user.id}?ticket=${encodeURIComponent(ticket)}`);
  t.equal(tried.status, 404, 'a ticket is known, and opens nothing that is not there');
  await second.stop();

  writeFileSync(join(other, 'secret'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  await t.rejects(started(t, database, other), {
    name: 'StartError',
    message: /secret is another secret than the one that the servers of the database share/,
  });
});

t.test('a database that was a file keeps its sessions, there and back', { skip: noPostgres }, async (t) => {
  const database = await newDatabase();
  const [folder, elsewhere, back] = [tempFolder(t), tempFolder(t), tempFolder(t)];
  const file = await startApp(t, {}, { folder });
  const admin = await file.admin();
  await file.stop();
  const secret = readFileSync(join(folder, 'secret'), 'utf8');
  await transferBetween(`sqlite:${folder}`, database, true);
  const [kept] = await queried(
    database,
    async (client) => (await client.query('select secret from server_secret')).rows,
  );
  t.equal(kept?.secret, secret.trim());
  for (const place of [folder, elsewhere]) {
    const server = await started(t, database, place);
    t.equal(await statusAt(server, admin), 200);
    await server.stop();
  }
  t.equal(readFileSync(join(folder, 'secret'), 'utf8'), secret, 'the file may stay');

  writeFileSync(join(back, 'secret'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  await t.rejects(transferBetween(database, `sqlite:${back}`, true), {
    name: 'StartError',
    message: /belongs to what is brought: take it away first/,
  });
  writeFileSync(join(back, 'secret'), secret);
  await transferBetween(database, `sqlite:${back}`, true);
  const again = await startApp(t, {}, { folder: back });
  t.equal(await statusAt(again, admin), 200);
  await again.stop();
});

t.test('the folder’s file is brought by the first server that has one', { skip: noPostgres }, async (t) => {
  const database = await newDatabase();
  const folder = tempFolder(t);
  const secret = 'cd'.repeat(32);
  writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 });
  await (await started(t, database, folder)).stop();
  const rows = await queried(database, async (client) => (await client.query('select secret from server_secret')).rows);
  t.same(rows, [{ secret }]);
});
