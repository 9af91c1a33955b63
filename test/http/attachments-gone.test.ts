/** Files that go: with their message, with time, with an upload that broke off; and who no longer reaches them. */
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { doBeside, rowsBeside } from '../database.ts';
import { startApp, type TestApp } from '../helper.ts';
import { download, formWith, post, upload } from './form.ts';

/** Names of the files that are kept, and of those that are coming or going; the note of whose they are is none of them. */
function bytesIn(folder: string): string[] {
  return readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'parley')
    .map(({ name }) => name);
}

/** What the database says about files. */
async function rowsIn(folder: string) {
  const [told] = await rowsBeside(
    folder,
    `select (select count(*) from files) as files, (select coalesce(sum(records), 0) from files) as records,
       (select count(*) from attachments) as attachments, file_bytes as bytes from meta`,
  );
  return told;
}

const NONE = { files: 0, records: 0, attachments: 0, bytes: 0 };

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Asks until it is so: what goes on disk beside the answer. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

t.test('a deleted message takes its files with it, the last one the bytes', async (t) => {
  const app = await startApp(t);
  const [ann, bob] = [await app.visitor(), await app.visitor()];
  const send = async (actor: typeof ann, ids: string[]) =>
    (await actor.request('POST', 'messages', { to: 'support', message: { attachments: ids } })).body;
  const [one, other] = [await upload(app, ann, 'the same', 'a.txt'), await upload(app, bob, 'the same', 'b.txt')];
  const [first, second] = [await send(ann, [one.id]), await send(bob, [other.id])];
  t.equal(bytesIn(app.folder).length, 1, 'the same bytes are kept once');
  t.same(await rowsIn(app.folder), { files: 1, records: 2, attachments: 2, bytes: 8 });

  const path = (message: typeof first) => `conversations/${message.conversationId}/messages/${message.id}`;
  const deleted = await ann.request('DELETE', path(first));
  t.match(deleted.body, { kind: 'file', content: null, attachments: [] });
  t.equal((await download(app, ann.token, one.id)).status, 404);
  t.equal((await download(app, bob.token, other.id)).status, 200, "another's record has them still");
  t.same(await rowsIn(app.folder), { files: 1, records: 1, attachments: 1, bytes: 8 });

  await bob.request('DELETE', path(second));
  await until(() => bytesIn(app.folder).length === 0);
  t.same(await rowsIn(app.folder), NONE, 'and the quota has its room again');
});

t.test('a server whose store takes no writes starts all the same, with uploads to take away', async (t) => {
  const folder = folderFor(t);
  const first = await startApp(t, {}, { folder });
  await upload(first, await first.visitor(), 'never sent');
  await first.stop();
  await doBeside(folder, {
    sqlite: `create trigger kept before delete on attachments begin select raise(abort, 'not now'); end`,
    postgres: `create function refuse() returns trigger language plpgsql as $$ begin raise 'not now'; end $$;
      create trigger kept before delete on attachments for each row execute function refuse()`,
  });
  const app = await startApp(t, {}, { folder, now: () => Date.now() + 2 * 24 * 60 * 60 * 1000 });
  t.equal((await app.request('GET', 'widget/config')).status, 200);
  t.match(await rowsIn(folder), { attachments: 1 });
});

t.test('the same bytes come while the last record of them goes', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  for (let round = 0; round < 15; round += 1) {
    const { id } = await upload(app, visitor, 'again');
    const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { attachments: [id] } });
    const [again] = await Promise.all([
      upload(app, visitor, 'again'),
      visitor.request('DELETE', `conversations/${body.conversationId}/messages/${body.id}`),
    ]);
    const got = await download(app, visitor.token, again.id);
    if (got.status !== 200 || got.bytes.toString() !== 'again') t.fail(`round ${round}: ${got.status}`);
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { attachments: [again.id] } });
    await visitor.request('DELETE', `conversations/${sent.body.conversationId}/messages/${sent.body.id}`);
  }
  await until(() => bytesIn(app.folder).length === 0);
  t.same(await rowsIn(app.folder), NONE);
});

t.test('what nobody sends goes after a day', async (t) => {
  const folder = folderFor(t);
  let now = Date.now();
  const options = { folder, now: () => now };
  const first = await startApp(t, {}, options);
  const visitor = await first.visitor();
  const [old, sent] = [await upload(first, visitor, 'old'), await upload(first, visitor, 'sent')];
  const message = { to: 'support', message: { attachments: [sent.id] } };
  t.equal((await visitor.request('POST', 'messages', message)).status, 201);
  now += 23 * 3_600_000;
  const young = await upload(first, visitor, 'young');
  await first.stop();
  now += 2 * 3_600_000;
  const second = await startApp(t, {}, options);
  // By the server itself, soon after its start.
  await until(() => bytesIn(folder).length === 2);
  const status = async (id: string) => (await download(second, visitor.token, id)).status;
  t.same([await status(old.id), await status(sent.id), await status(young.id)], [404, 200, 200]);
  const late = await second.request(
    'POST',
    'messages',
    { to: 'support', message: { attachments: [old.id] } },
    visitor.token,
  );
  t.match(late.body, { code: 'ATTACHMENT_GONE', details: { attachments: [old.id] } });
  t.same(await rowsIn(folder), { files: 2, records: 2, attachments: 2, bytes: 9 });
});

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

t.test('a start takes away what a crash left behind, and lives with what is missing', async (t) => {
  const folder = folderFor(t);
  const first = await startApp(t, {}, { folder });
  const visitor = await first.visitor();
  const [kept, lost] = [await upload(first, visitor, 'kept'), await upload(first, visitor, 'lost')];
  await first.stop();
  const at = (hash: string) => join(folder, 'files', hash.slice(0, 2), hash);
  const half = join(folder, 'files', 'incoming', 'half');
  writeFileSync(half, 'half of');
  // It might be on its way to another server on the same database, had it grown within the hour.
  utimesSync(half, 0, 0);
  mkdirSync(dirname(at(hashOf('stray'))), { recursive: true });
  writeFileSync(at(hashOf('stray')), 'stray');
  rmSync(at(hashOf('lost')));

  const second = await startApp(t, {}, { folder });
  // Where others keep files too, that goes on beside the start.
  await until(() => bytesIn(folder).length === 1);
  t.same(bytesIn(folder), [hashOf('kept')]);
  const status = async ({ id }: { id: string }) => (await download(second, visitor.token, id)).status;
  t.same([await status(kept), await status(lost)], [200, 404]);
  t.equal((await upload(second, visitor, 'lost')).size, 4);
  t.equal(await status(lost), 200, 'the same bytes again bring it back');
});

/** The head of an upload, and a form whose file never ends as it should. */
function brokenUpload(app: TestApp, token: string, said: number) {
  const head = [
    'POST /v1/attachments HTTP/1.1',
    'Host: here',
    `Authorization: Bearer ${token}`,
    'Content-Type: multipart/form-data; boundary=x',
    `Content-Length: ${said}`,
    '',
    '--x',
    'Content-Disposition: form-data; name="file"; filename="a.txt"',
    '',
    '',
  ].join('\r\n');
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.on('error', () => {});
  return { head, socket };
}

t.test('an upload that breaks off leaves nothing', async (t) => {
  const folder = folderFor(t);
  const app = await startApp(t, {}, { folder });
  const visitor = await app.visitor();
  const SIZE = 400_000;
  for (const part of [0, 0.5, 0.99]) {
    const { head, socket } = brokenUpload(app, visitor.token, SIZE);
    socket.write(head);
    socket.write('x'.repeat(Math.floor(SIZE * part)));
    if (part > 0) await until(() => bytesIn(folder).length === 1);
    socket.destroy();
    await until(() => bytesIn(folder).length === 0);
    t.same(await rowsIn(folder), NONE, `at ${part * 100} %`);
  }
  const endless = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello';
  const form = { headers: { 'content-type': 'multipart/form-data; boundary=x' } };
  t.match(await post(app, visitor.token, endless, form), { status: 400, body: { code: 'VALIDATION' } });
  const whole = `${endless}\r\n--x--\r\n`;
  t.match(await post(app, visitor.token, whole, form), { status: 201, body: { size: 5 } });
  const second = `${endless}\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\nb\r\n--x--\r\n`;
  const field = `${endless}\r\n--x\r\nContent-Disposition: form-data; name="role"\r\n\r\nadmin\r\n--x--\r\n`;
  const named = whole.replace('name="file"', 'name="other"');
  for (const [what, body] of Object.entries({ second, field, named, 'no form': 'hello', empty: '' })) {
    t.match(await post(app, visitor.token, body, form), { status: 400, body: { code: 'VALIDATION' } }, what);
  }
  for (const type of ['text/plain', 'multipart/mixed; boundary=x']) {
    const answer = await post(app, visitor.token, whole, { headers: { 'content-type': type } });
    t.match(answer, { status: 415, body: { code: 'UNSUPPORTED_TYPE' } }, type);
  }
  const noBoundary = { headers: { 'content-type': 'multipart/form-data' } };
  t.match(await post(app, visitor.token, whole, noBoundary), { status: 400 });
  await until(() => bytesIn(folder).length === 1);
  t.same(await rowsIn(folder), { files: 1, records: 1, attachments: 1, bytes: 5 }, 'the whole one alone is there');
});

t.test('there is an end to what a user may have waiting, and to all of it', async (t) => {
  const app = await startApp(t, { pendingUploads: 2, filesTotal: 30 });
  const [ann, bob] = [await app.visitor(), await app.visitor()];
  const [one] = [await upload(app, ann, 'x'.repeat(10)), await upload(app, ann, 'y'.repeat(10))];
  t.match(await post(app, ann.token, formWith('z')), { status: 429, body: { code: 'RATE_LIMITED' } });
  t.match(await post(app, bob.token, formWith('z'.repeat(11))), { status: 507, body: { code: 'STORAGE_FULL' } });
  t.match(await post(app, bob.token, formWith('x'.repeat(10))), { status: 201 }, 'bytes that are here take no room');
  t.equal(bytesIn(app.folder).length, 2);
  const sent = await ann.request('POST', 'messages', { to: 'support', message: { attachments: [one.id] } });
  t.equal(sent.status, 201);
  t.match(await post(app, ann.token, formWith('z')), { status: 201 }, 'sent ones wait no more');
  const together = await Promise.all([1, 2, 3].map((n) => post(app, bob.token, formWith(`${n}`))));
  t.ok(together.filter(({ status }) => status === 201).length <= 1, 'those under way count too');
});

t.test('strangers upload so often from one address, and blocked users not at all', async (t) => {
  const app = await startApp(t, { uploadsPerMinute: 2, trustProxy: ['127.0.0.1'] });
  const [visitor, named] = [await app.visitor(), await app.hostUser('ann')];
  const from = { headers: { 'x-forwarded-for': '198.51.100.7' } };
  const put = ({ token }: { token: string }) => post(app, token, formWith('x'), from);
  t.same([(await put(visitor)).status, (await put(visitor)).status], [201, 201]);
  t.match(await put(visitor), { status: 429, body: { code: 'RATE_LIMITED' } });
  t.equal((await put(named)).status, 201, 'who has a name is bound otherwise');
  await (await app.admin()).request('POST', `users/${named.user.id}/block`);
  t.match(await put(named), { status: 403, body: { code: 'BLOCKED' } });
});

t.test('who may no longer read the message fetches nothing, by token or ticket', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const participants = [ann, bob].map(({ user }) => ({ userId: user.id }));
  const room = (await admin.request('POST', 'conversations', { kind: 'room', participants })).body;
  const { id } = await upload(app, ann);
  await ann.request('POST', `conversations/${room.id}/messages`, { attachments: [id] });
  const ticket = (await bob.request('GET', 'me/ticket')).body.value;
  const own = (await ann.request('GET', 'me/ticket')).body.value;
  const statuses = async () => [
    (await download(app, bob.token, id)).status,
    (await download(app, undefined, id, {}, `?ticket=${ticket}`)).status,
  ];
  t.same(await statuses(), [200, 200]);
  await admin.request('DELETE', `conversations/${room.id}/participants/${bob.user.id}`);
  t.same(await statuses(), [404, 404]);
  await admin.request('DELETE', `conversations/${room.id}/participants/${ann.user.id}`);
  t.equal((await download(app, undefined, id, {}, `?ticket=${own}`)).status, 404, 'nor does who brought it');
});

t.test('a note with a file is for the team', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'bob')];
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const conversation = (await agent.request('GET', `conversations/${body.conversationId}`)).body;
  const { id } = await upload(app, agent);
  await agent.request('POST', `conversations/${conversation.team.id}/messages`, { attachments: [id] });
  t.same([(await download(app, agent.token, id)).status, (await download(app, visitor.token, id)).status], [200, 404]);
});

t.test('a deleted conversation takes its files with it, those of its side too', async (t) => {
  const app = await startApp(t);
  const [visitor, admin] = [await app.visitor(), await app.admin()];
  const { body } = await visitor.request('POST', 'messages', {
    to: 'support',
    message: { attachments: [(await upload(app, visitor, 'a')).id, (await upload(app, visitor, 'b')).id] },
  });
  const conversation = (await admin.request('GET', `conversations/${body.conversationId}`)).body;
  const note = { attachments: [(await upload(app, admin, 'c')).id] };
  await admin.request('POST', `conversations/${conversation.team.id}/messages`, note);
  t.equal(bytesIn(app.folder).length, 3);
  const deleted = await admin.request('DELETE', `conversations/${conversation.id}`);
  t.equal(deleted.status, 200);
  await until(() => bytesIn(app.folder).length === 0);
  t.same(await rowsIn(app.folder), NONE);
});

t.test('what a visitor has uploaded is theirs to send when they have a name', async (t) => {
  const secret = 'a secret of thirty-two bytes, or more';
  const app = await startApp(t, { jwtSecret: secret });
  const visitor = await app.visitor();
  const { id } = await upload(app, visitor);
  const exp = Math.floor(Date.now() / 1000) + 600;
  const hmac = createHmac('sha256', secret).update(`ann.${exp}`).digest('hex');
  const named = await visitor.request('POST', 'visitors', { identity: { externalId: 'ann', exp, hmac } });
  t.equal(named.status, 201);
  const ann = app.actor(named.body.token, named.body.user);
  t.equal((await download(app, ann.token, id)).status, 200);
  const sent = await ann.request('POST', 'messages', { to: 'support', message: { attachments: [id] } });
  t.match(sent, { status: 201, body: { attachments: [{ id }] } });
});
