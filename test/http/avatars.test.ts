/** Pictures of people: for anybody, and gone when nobody shows them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Body, startApp, type TestApp } from '../helper.ts';
import { formWith, PNG, post } from './form.ts';

const put = (app: TestApp, token: string, bytes: Uint8Array | string = PNG, name = 'me.png') =>
  post(app, token, formWith(bytes, name), { method: 'PUT', path: 'me/avatar' });

async function get(app: TestApp, path: string) {
  const response = await fetch(`${app.url}${path}`);
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** A picture's head alone, of any size. */
function pngOf(width: number, height: number): Buffer {
  const bytes = Buffer.from(PNG);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function lies(app: TestApp, path: string): boolean {
  const hash = path.split('/').at(-1) ?? '';
  return existsSync(join(app.folder, 'files', hash.slice(0, 2), hash));
}

t.test('a picture is seen by anybody, at an address that never means another one', async (t) => {
  const app = await startApp(t);
  const [ann, visitor] = [await app.member('agent', 'ann'), await app.visitor()];
  const line = await ann.connect();
  const shown = await put(app, ann.token);
  t.match(shown, { status: 200, body: { id: ann.user.id, avatar: /^\/v1\/avatars\/[0-9a-f]{64}$/ } });
  const { avatar } = shown.body;
  t.match(await line.event('me.updated'), { user: { avatar } });
  line.socket.close();
  const seen = await get(app, avatar);
  t.equal(seen.status, 200);
  t.ok(seen.bytes.equals(PNG));
  t.match(Object.fromEntries(seen.headers), {
    'content-type': 'image/png',
    'content-disposition': /^inline; /,
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const answer = await ann.request('POST', `conversations/${body.conversationId}/messages`, { content: 'Hello' });
  t.equal(answer.body.author.avatar, avatar);

  const removed = await ann.request('DELETE', 'me/avatar');
  t.equal(removed.body.avatar, undefined);
  t.equal((await get(app, avatar)).status, 200, 'the message was written with it');
  const other = (await put(app, ann.token, pngOf(2, 2))).body.avatar;
  t.not(other, avatar);
  await put(app, ann.token);
  t.equal((await get(app, other)).status, 404, 'one that no message has goes with the next');
  // Its bytes a moment later.
  while (lies(app, other)) await new Promise((resolve) => setImmediate(resolve));
});

t.test('who is erased is seen by nobody, neither as they were nor as they were when they wrote', async (t) => {
  const app = await startApp(t);
  const [admin, ann, visitor] = [await app.admin(), await app.member('agent', 'ann'), await app.visitor()];
  const { avatar: former } = (await put(app, ann.token)).body;
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  await ann.request('POST', `conversations/${body.conversationId}/messages`, { content: 'Hello' });
  const { avatar } = (await put(app, ann.token, pngOf(2, 2))).body;
  t.same([lies(app, former), lies(app, avatar)], [true, true]);
  t.equal((await admin.request('DELETE', `users/${ann.user.id}`)).status, 202);
  while (lies(app, former) || lies(app, avatar)) await new Promise((resolve) => setImmediate(resolve));
  for (const one of [former, avatar]) t.equal((await get(app, one)).status, 404);
});

t.test('bytes of an attachment are nobody’s picture', async (t) => {
  const app = await startApp(t);
  const ann = await app.member('agent', 'ann');
  const attached: Body = (await post(app, ann.token, formWith(PNG, 'a.png'))).body;
  const { avatar } = (await put(app, ann.token)).body;
  await ann.request('DELETE', 'me/avatar');
  t.equal((await get(app, avatar)).status, 404);
  t.ok(lies(app, avatar), 'the attachment has them still');
  t.equal(attached.size, PNG.length);
});

t.test('what is no small picture is refused', async (t) => {
  const app = await startApp(t);
  const [ann, visitor] = [await app.hostUser('ann'), await app.visitor()];
  const cases: [string, Uint8Array | string, string, number, string][] = [
    ['text', 'hello', 'me.png', 415, 'UNSUPPORTED_TYPE'],
    ['a drawing', '<svg/>', 'me.svg', 415, 'UNSUPPORTED_TYPE'],
    ['a page by its name', PNG, 'me.html', 415, 'UNSUPPORTED_TYPE'],
    ['too many pixels a side', pngOf(1025, 1), 'me.png', 400, 'VALIDATION'],
    ['a flood of pixels', pngOf(60_000, 60_000), 'me.png', 413, 'TOO_LARGE'],
    ['too many bytes', Buffer.concat([PNG, Buffer.alloc(600_000)]), 'me.png', 413, 'TOO_LARGE'],
  ];
  for (const [what, bytes, name, status, code] of cases) {
    t.match(await put(app, ann.token, bytes, name), { status, body: { code } }, what);
  }
  t.match(await put(app, visitor.token), { status: 403, body: { code: 'FORBIDDEN' } });
  t.equal((await get(app, '/v1/avatars/none')).status, 400);
  t.equal((await get(app, `/v1/avatars/${'0'.repeat(64)}`)).status, 404);
});
