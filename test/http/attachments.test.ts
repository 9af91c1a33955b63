/** Attachments from the upload to the reader, and everything that may not get there. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { startApp } from '../helper.ts';
import { download, formWith, PNG, post, upload } from './form.ts';

t.test('a file goes from who sends it to who reads it', async (t) => {
  const app = await startApp(t);
  const [visitor, agent, stranger] = [await app.visitor(), await app.member('agent', 'bob'), await app.visitor()];
  const attachment = await upload(app, visitor, PNG, 'cat.png');
  t.match(attachment, { name: 'cat.png', type: 'image/png', size: PNG.length, width: 1, height: 1 });
  t.equal((await download(app, visitor.token, attachment.id)).status, 200, 'its uploader sees it before it is sent');
  t.equal((await download(app, agent.token, attachment.id)).status, 404, 'and nobody else');

  const line = await agent.connect({ inbox: true });
  const sent = await visitor.request('POST', 'messages', {
    to: 'support',
    message: { attachments: [attachment.id] },
  });
  t.match(sent, { status: 201, body: { kind: 'file', content: '', attachments: [attachment] } });
  const told = await line.event('conversation.created');
  const event = await line.event('message.created');
  t.same(event.message.attachments, [attachment]);
  t.match(event.conversation.last, { kind: 'file', text: '' });
  const { body: history } = await agent.request('GET', `conversations/${told.conversationId}/messages`);
  t.same(history.items[0].attachments, [attachment]);

  const got = await download(app, agent.token, attachment.id);
  t.equal(got.status, 200);
  t.ok(got.bytes.equals(PNG));
  t.equal((await download(app, stranger.token, attachment.id)).status, 404);
  const nothing = await fetch(`${app.url}/v1/attachments/${sent.body.id}`, {
    headers: { authorization: `Bearer ${stranger.token}` },
  });
  const theirs = await fetch(`${app.url}/v1/attachments/${attachment.id}`, {
    headers: { authorization: `Bearer ${stranger.token}` },
  });
  t.equal(await theirs.text(), await nothing.text(), 'what is not for them is told as what is not there');
  line.socket.close();
});

t.test('files stay in the order in which they were sent, whichever was uploaded first', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'bob')];
  const [first, second, third] = [
    await upload(app, visitor, 'c', 'c.txt'),
    await upload(app, visitor, 'a', 'a.txt'),
    await upload(app, visitor, 'b', 'b.txt'),
  ];
  const order = [third, first, second];
  const message = { content: 'Three', attachments: order.map(({ id }) => id) };
  const sent = await visitor.request('POST', 'messages', { to: 'support', message });
  t.same(sent.body.attachments, order);
  const path = `conversations/${sent.body.conversationId}/messages`;
  const line = await agent.connect({ inbox: true });
  const edited = await visitor.request('PATCH', `${path}/${sent.body.id}`, { content: 'Three of them' });
  t.same(edited.body.attachments, order);
  t.same((await line.event('message.updated')).message.attachments, order);
  t.same((await agent.request('GET', path)).body.items.at(-1).attachments, order);
  line.socket.close();
});

t.test('limits say what may be uploaded', async (t) => {
  const app = await startApp(t, { maxFile: 1000, maxFiles: 2, fileTypes: ['image/*', 'text/plain'] });
  const visitor = await app.visitor();
  const limits = { maxFile: 1000, maxFiles: 2, fileTypes: ['image/*', 'text/plain'] };
  t.match((await app.request('GET', 'widget/config')).body.limits, limits);
  const line = await visitor.connect();
  t.match(line.frames[0].limits, limits);
  line.socket.close();

  t.match(await post(app, visitor.token, formWith('x'.repeat(1000))), { status: 201 });
  t.match(await post(app, visitor.token, formWith('x'.repeat(1001))), {
    status: 413,
    body: { code: 'TOO_LARGE', details: { maxFile: 1000 } },
  });
  t.match(await post(app, visitor.token, formWith('x'.repeat(100_000))), { status: 413, body: { code: 'TOO_LARGE' } });
  t.match(await post(app, visitor.token, formWith('%PDF-1.4 ', 'a.png', 'image/png')), {
    status: 415,
    body: { code: 'UNSUPPORTED_TYPE', details: { type: 'application/pdf' } },
  });

  const ids = [];
  for (const name of ['a', 'b', 'c']) ids.push((await upload(app, visitor, name)).id);
  const send = (attachments: string[], more = {}) =>
    visitor.request('POST', 'messages', { to: 'support', message: { attachments, ...more } });
  t.match(await send(ids), { status: 400, body: { details: { path: 'attachments', rule: 'must be at most 2' } } });
  t.match(await send(ids.slice(0, 2), { attachmentUrl: 'https://example.com/a' }), { status: 400 });
  t.match(await send(ids.slice(0, 2)), { status: 201 });
});

t.test('only who uploaded it sends it, and once', async (t) => {
  const app = await startApp(t);
  const [ann, bob] = [await app.visitor(), await app.visitor()];
  const send = (actor: typeof ann, attachments: string[], id?: string) =>
    actor.request('POST', 'messages', {
      to: 'support',
      message: { attachments, content: 'see', ...(id === undefined ? {} : { id }) },
    });
  const [one, other] = [await upload(app, ann, 'one'), await upload(app, bob, 'other')];
  const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
  const refused = await send(ann, [one.id, other.id, unknown]);
  t.match(refused, { status: 409, body: { code: 'ATTACHMENT_GONE', details: { attachments: [other.id, unknown] } } });
  const sent = await send(ann, [one.id]);
  t.match(sent, { status: 201 }, 'what was refused has used nothing up');
  t.match(await send(ann, [one.id]), { body: { code: 'ATTACHMENT_GONE', details: { attachments: [one.id] } } });

  t.test('a retry is told by its bytes and names', async (t) => {
    const { id } = sent.body;
    t.match(await send(ann, [one.id], id), { status: 200, body: { id, attachments: [one] } }, 'the same upload');
    const again = await upload(app, ann, 'one');
    t.match(await send(ann, [again.id], id), { status: 200, body: { attachments: [one] } }, 'the same bytes again');
    const renamed = await upload(app, ann, 'one', 'other.txt');
    t.match(await send(ann, [renamed.id], id), { status: 409, body: { code: 'ID_REUSED' } }, 'by another name');
    const changed = await upload(app, ann, 'two');
    t.match(await send(ann, [changed.id], id), { status: 409, body: { code: 'ID_REUSED' } }, 'other bytes');
    t.match(await send(ann, [], id), { status: 409, body: { code: 'ID_REUSED' } }, 'none');
    t.match(await send(ann, [other.id], id), { status: 409, body: { code: 'ID_REUSED' } }, "another's");
    t.match(await send(ann, [again.id]), { status: 201 }, 'the upload of a retry is still there to be sent');
  });
});

t.test('a link stands for a file and is never fetched', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  const send = (attachmentUrl: string, more = {}) =>
    visitor.request('POST', 'messages', { to: 'support', message: { attachmentUrl, ...more } });
  const address = 'https://127.0.0.1:1/pics/my%20cat.png?x=1';
  const sent = await send(address, { id });
  t.match(sent, {
    status: 201,
    body: { kind: 'file', attachments: [{ name: 'my cat.png', type: 'image/png', size: 0, url: address }] },
  });
  t.match(await send(address, { id }), { status: 200 });
  t.match(await send('https://127.0.0.1:1/other.png', { id }), { status: 409, body: { code: 'ID_REUSED' } });
  const [link] = sent.body.attachments;
  t.equal((await download(app, visitor.token, link.id)).status, 404, 'there are no bytes of it');
  for (const wrong of [
    'http://example.com/a',
    'javascript:alert(1)',
    'https://',
    'https://u:p@example.com/',
    'https://[/',
  ]) {
    t.match(await send(wrong), { status: 400, body: { code: 'VALIDATION' } }, wrong);
  }
});

t.test('the name is a name, and the type is what is inside', async (t) => {
  const app = await startApp(t, { fileTypes: ['*/*'] });
  const visitor = await app.visitor();
  const names: [string, string][] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ann\\cv.txt', 'cv.txt'],
    ['..', 'file'],
    ['a\u202etxt.exe', 'atxt.exe'],
    ['Grüße 😀.txt', 'Grüße 😀.txt'],
    [`${'n'.repeat(300)}.txt`, `${'n'.repeat(196)}.txt`],
  ];
  for (const [given, kept] of names) t.equal((await upload(app, visitor, 'text', given)).name, kept, given);

  const gifScript = Buffer.from('GIF89a    =1;alert(1)');
  const types: [string, Uint8Array | string, string][] = [
    ['a.txt', 'text', 'text/plain'],
    ['a.csv', 'a;b', 'text/csv'],
    ['a.png', 'text', 'text/plain'],
    ['a.txt', PNG, 'image/png'],
    ['a.bin', Buffer.from([0, 1, 2, 3]), 'application/octet-stream'],
    ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['a.txt', '<!-- x --> <svg onload="alert(1)"/>', 'image/svg+xml'],
    ['a.txt', '\ufeff <!DOCTYPE html><script>', 'text/html'],
    ['a.txt', '<?xml version="1.0"?>', 'application/xml'],
    ['a.html', PNG, 'text/html'],
    ['a.js', gifScript, 'text/javascript'],
    ['a.gif', gifScript, 'image/gif'],
  ];
  for (const [name, bytes, type] of types)
    t.equal((await upload(app, visitor, bytes, name)).type, type, `${name}: ${type}`);
});

t.test('the headers let nothing act', async (t) => {
  const app = await startApp(t, { fileTypes: ['*/*'], pendingUploads: 100 });
  const visitor = await app.visitor();
  const cases: [string, Uint8Array | string, string, string][] = [
    ['cat.png', PNG, 'inline', 'image/png'],
    ['a.txt', 'text', 'attachment', 'text/plain'],
    ['a.svg', '<svg/>', 'attachment', 'application/octet-stream'],
    ['a.html', '<html>', 'attachment', 'application/octet-stream'],
    ['a.xml', '<?xml?>', 'attachment', 'application/octet-stream'],
    ['a.js', 'alert(1)', 'attachment', 'application/octet-stream'],
    ['a.pdf', '%PDF-1.4 ', 'attachment', 'application/pdf'],
  ];
  for (const [name, bytes, kind, type] of cases) {
    const { id } = await upload(app, visitor, bytes, name);
    const { headers, status } = await download(app, visitor.token, id);
    t.equal(status, 200, name);
    t.match(Object.fromEntries(headers), {
      'content-type': type,
      'content-disposition': new RegExp(`^${kind}; filename="${name}"; filename\\*=UTF-8''${name}$`),
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    });
  }
  const evil = 'a"\r\nSet-Cookie: x=1; b=\\"ü\'()%.txt';
  const { id, name } = await upload(app, visitor, 'text', evil);
  const { headers } = await download(app, visitor.token, id);
  t.equal(headers.get('set-cookie'), null);
  const said = headers.get('content-disposition') ?? '';
  t.equal(decodeURIComponent(said.split("UTF-8''")[1] ?? ''), name);
  t.match(said, /^attachment; filename="[^"\\%]*"; filename\*=UTF-8''[\w.%-]+$/);
});

t.test('a large file comes in ranges', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  const { id } = await upload(app, visitor, `text ${'x'.repeat(500_000)}`, 'a.txt');
  const other = await post(app, visitor.token, formWith(Buffer.concat([PNG, bytes]), 'a.png'));
  const whole = Buffer.concat([PNG, bytes]);
  const get = (range: string, more = {}) => download(app, visitor.token, other.body.id, { range, ...more });
  const part = await get('bytes=100000-200000');
  t.equal(part.status, 206);
  t.equal(part.headers.get('content-range'), `bytes 100000-200000/${whole.length}`);
  t.ok(part.bytes.equals(whole.subarray(100_000, 200_001)));
  t.ok((await get('bytes=-5')).bytes.equals(whole.subarray(-5)));
  t.equal((await get('bytes=900000-')).status, 416);
  const etag = part.headers.get('etag') ?? '';
  t.ok(etag);
  t.equal((await get('bytes=0-1', { 'if-range': etag })).status, 206);
  t.equal(
    (await download(app, visitor.token, other.body.id, { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status,
    304,
  );
  t.equal(part.headers.get('last-modified'), null, 'when these bytes came first is not told');
  const full = await download(app, visitor.token, id);
  t.equal(full.bytes.length, 500_005);
  const head = await fetch(`${app.url}/v1/attachments/${id}`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${visitor.token}` },
  });
  t.same([head.status, head.headers.get('content-length'), await head.text()], [200, '500005', '']);
  t.equal(createHash('sha256').update(full.bytes.subarray(5)).digest('hex').length, 64);
});

t.test('a ticket opens what its user may read, for its hour', async (t) => {
  let now = Date.now();
  const app = await startApp(t, {}, { now: () => now });
  const [visitor, stranger] = [await app.visitor(), await app.visitor()];
  const { id } = await upload(app, visitor);
  const ticketOf = async (actor: typeof visitor) => (await actor.request('GET', 'me/ticket')).body.value;
  const ticket = await ticketOf(visitor);
  const by = (value: string) => download(app, undefined, id, {}, `?ticket=${encodeURIComponent(value)}`);
  t.equal((await by(ticket)).status, 200);
  t.equal((await by(await ticketOf(stranger))).status, 404);
  const forged = ticket.replace(
    /\.(.)([^.]*)$/,
    (_: string, first: string, rest: string) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
  );
  t.equal((await by(forged)).status, 401);
  t.equal((await by(visitor.token)).status, 401, 'a token is no ticket');
  t.equal((await download(app, undefined, id)).status, 401);
  const me = await fetch(`${app.url}/v1/me?ticket=${ticket}`);
  t.equal(me.status, 401, 'a ticket opens nothing else');
  await me.text();
  const blocked = await (await app.admin()).request('POST', `users/${visitor.user.id}/block`);
  t.equal(blocked.status, 200);
  t.equal((await by(ticket)).status, 200, 'who is blocked still reads');
  now += 61 * 60_000;
  t.equal((await by(ticket)).status, 401);
});
