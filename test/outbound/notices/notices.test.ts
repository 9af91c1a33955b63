/** People who are not there are told of what they miss: once, and only of what they did not read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, jwtVerify } from 'jose';
import t from 'tap';
import { startApp } from '../../helper.ts';
import { startPostOffice, startPushService } from './post-office.ts';

const SOON = { noticeDelayMs: 200, queueNoticeMs: 200, noticeQuietMs: 60_000, publicUrl: 'https://chat.example.com' };

t.test('by mail: who wrote, a way back that works once, a way to refuse the next', async (t) => {
  const office = await startPostOffice(t);
  const app = await startApp(t, { ...SOON, smtpUrl: office.url, mailReplyTo: 'help@example.com', presenceGraceMs: 0 });
  const admin = await app.admin();
  const visitor = await app.visitor({ name: 'Vi', email: 'vi@example.com' });
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const path = `conversations/${body.conversationId}`;
  await admin.request('POST', `${path}/messages`, { content: 'the answer' });
  await admin.request('POST', `${path}/messages`, { content: 'and more' });
  const [mail] = await office.mails.until(1);
  t.match(mail, { subject: '2 new messages from Admin', replyTo: { text: 'help@example.com' } });
  t.match(mail?.to, { text: /vi@example\.com/ });
  t.notMatch(mail?.text, /the answer|and more/, 'a mail outlives what is deleted: it has no text of messages');
  const unsubscribing = mail?.headers.get('list') as Record<string, { url?: string; name?: string }> | undefined;
  t.match(unsubscribing?.unsubscribe?.url, /^https:\/\/chat\.example\.com\/unsubscribe\?token=/, 'for mail programs');
  t.match(unsubscribing?.['unsubscribe-post'], { name: 'List-Unsubscribe=One-Click' }, 'in one click (RFC 8058)');
  const [, link, conversation] = /#link=(pl_[\w-]+)&conversation=(\S+)/.exec(mail?.text ?? '') ?? [];
  t.equal(conversation, body.conversationId);

  const { status, body: signedIn } = await app.request('POST', 'auth/link', { link });
  t.match({ status, signedIn }, { status: 200, signedIn: { user: { id: visitor.user.id }, token: /^pv_/ } });
  t.equal((await app.request('GET', path, undefined, signedIn.token)).status, 200);
  t.equal((await visitor.request('GET', 'me')).status, 200, 'they stay signed in where they were');
  t.equal((await app.request('POST', 'auth/link', { link })).status, 401, 'once');

  const token = /unsubscribe\?token=(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
  const form = {
    method: 'POST',
    body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  t.equal((await fetch(`${app.url}/unsubscribe?token=${token}`)).status, 200);
  t.equal((await visitor.request('GET', 'me')).body.notifications, undefined, 'a look changes nothing');
  t.equal((await fetch(`${app.url}/unsubscribe?token=${token}`, form)).status, 200);
  t.same((await visitor.request('GET', 'me')).body.notifications, { mail: false });
  t.equal((await fetch(`${app.url}/unsubscribe?token=${token.slice(0, -2)}xx`, form)).status, 404);
  t.equal(office.mails.all.length, 1, 'one in the quiet period');
});

t.test('who is there, who has read and who does not want it is told nothing', async (t) => {
  const office = await startPostOffice(t);
  const app = await startApp(t, { ...SOON, smtpUrl: office.url, presenceGraceMs: 0 });
  const admin = await app.admin();
  const people = await Promise.all(
    ['there', 'read', 'refuses', 'away'].map((name) => app.visitor({ name, email: `${name}@example.com` })),
  );
  const [there, read, refuses] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
  await refuses.request('PATCH', 'me', { notifications: { mail: false } });
  await there.connect();
  for (const one of people) {
    const { body } = await one.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
    await admin.request('POST', `conversations/${body.conversationId}/messages`, { content: 'answer' });
    if (one === read) await one.request('POST', `conversations/${body.conversationId}/read`, { seq: 2 });
  }
  const [mail] = await office.mails.until(1);
  t.match(mail?.to, { text: /away@example\.com/ }, 'the last one to be written to is the only one to be told');
  t.equal(office.mails.all.length, 1);
});

t.test('a mail server that wants a password is told it, here or by TLS and never in the clear', async (t) => {
  const office = await startPostOffice(t, { user: 'parley@example.com', pass: 'p@ss: word' });
  const login = 'parley%40example.com:p%40ss%3A%20word';
  const tell = async (host: string) => {
    const app = await startApp(t, { ...SOON, smtpUrl: `smtp://${login}@${host}:${office.port}`, presenceGraceMs: 0 });
    const visitor = await app.visitor({ email: 'vi@example.com' });
    const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
    const path = `conversations/${body.conversationId}/messages`;
    await (await app.admin()).request('POST', path, { content: 'the answer' });
    return app;
  };
  // This machine too, but not by a name that says so.
  const far = await tell('0.0.0.0');
  await office.lines.until(1);
  await far.stop();
  t.same([office.logins, office.mails.all], [[], []]);

  await tell('127.0.0.1');
  const [mail] = await office.mails.until(1);
  t.same(office.logins, [['parley@example.com', 'p@ss: word']]);
  t.match(mail, { subject: 'A new message from Admin', text: /^Hello,\n/ }, 'who has no name is greeted without');
  t.match(mail?.to, { text: 'vi@example.com' });
});

t.test('by push: encrypted, small, and never again to a browser that is gone', async (t) => {
  const service = await startPushService(t);
  const app = await startApp(t, { ...SOON, outboundAllow: ['127.0.0.1'], presenceGraceMs: 0, noticeQuietMs: 1 });
  const { body: config } = await app.request('GET', 'widget/config');
  t.match(config.pushKey, /^[A-Za-z0-9_-]{87}$/);
  const admin = await app.admin();
  const visitor = await app.visitor();
  t.equal((await visitor.request('POST', 'me/push', service.subscription('one'))).status, 204);
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const answer = () => admin.request('POST', `conversations/${body.conversationId}/messages`, { content: 'answer' });
  await answer();
  const [push] = await service.arrived.until(1);
  t.match(push, {
    path: '/one',
    headers: { 'content-encoding': 'aes128gcm', authorization: /^vapid t=/, ttl: '86400' },
  });
  t.ok(Number(push?.headers['content-length']) < 1024);
  const news = { kind: 'unread', conversationId: body.conversationId, unread: 1, from: 'Admin', text: null };
  t.same(service.read(push), news, 'as the browser reads it');
  service.status = 410;
  await answer();
  await service.arrived.until(2);
  await answer();
  const other = await app.visitor();
  await other.request('POST', 'me/push', service.subscription('two'));
  const asked = await other.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  await admin.request('POST', `conversations/${asked.body.conversationId}/messages`, { content: 'answer' });
  const [, , third] = await service.arrived.until(3);
  t.equal(third?.path, '/two', 'nothing more for the one that is gone');
});

t.test('the key that push services know the server by is there from the first start on, and stays', async (t) => {
  const service = await startPushService(t);
  const folder = mkdtempSync(join(tmpdir(), 'parley-push-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const settings = { ...SOON, outboundAllow: ['127.0.0.1'], presenceGraceMs: 0 };
  const first = await startApp(t, settings, { folder });
  const { pushKey } = (await first.request('GET', 'widget/config')).body;
  const visitor = await first.visitor();
  await visitor.request('POST', 'me/push', service.subscription('one'));
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  await first.stop();
  const app = await startApp(t, settings, { folder });
  t.equal((await app.request('GET', 'widget/config')).body.pushKey, pushKey);
  await (await app.admin()).request('POST', `conversations/${body.conversationId}/messages`, { content: 'answer' });
  const [push] = await service.arrived.until(1);
  const [, token = '', key] = /^vapid t=(\S+), k=(\S+)$/.exec(String(push?.headers.authorization)) ?? [];
  t.equal(key, pushKey);
  const point = Buffer.from(pushKey, 'base64url').subarray(1);
  const [x, y] = [point.subarray(0, 32), point.subarray(32)].map((half) => half.toString('base64url')) as [
    string,
    string,
  ];
  const { payload } = await jwtVerify(token, await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256'));
  t.match(payload, { aud: service.url, sub: 'https://chat.example.com' });
});

t.test('a browser is one user’s, and a user has few', async (t) => {
  const service = await startPushService(t);
  const app = await startApp(t);
  const [one, other] = [await app.visitor(), await app.visitor()];
  const shared = service.subscription('shared');
  await one.request('POST', 'me/push', shared);
  await other.request('POST', 'me/push', shared);
  t.equal((await one.request('DELETE', 'me/push', { endpoint: shared.endpoint })).status, 404);
  t.equal((await other.request('DELETE', 'me/push', { endpoint: shared.endpoint })).status, 204);
  for (let count = 0; count < 17; count += 1) await one.request('POST', 'me/push', service.subscription(`n${count}`));
  t.equal((await one.request('DELETE', 'me/push', { endpoint: service.subscription('n0').endpoint })).status, 404);
  t.equal((await one.request('DELETE', 'me/push', { endpoint: service.subscription('n1').endpoint })).status, 204);
});

t.test('what has the length of a key and is none is refused', async (t) => {
  const service = await startPushService(t);
  const app = await startApp(t);
  const visitor = await app.visitor();
  const { keys, ...about } = service.subscription('shared');
  for (const p256dh of ['A'.repeat(87), `B${'A'.repeat(86)}`]) {
    t.match(await visitor.request('POST', 'me/push', { ...about, keys: { ...keys, p256dh } }), {
      status: 400,
      body: { code: 'VALIDATION', details: { path: 'keys.p256dh' } },
    });
  }
  t.equal(
    (await visitor.request('POST', 'me/push', { ...about, keys: { ...keys, p256dh: `${keys.p256dh}=` } })).status,
    204,
  );
});

t.test('nobody attends to the queue: those are told who chose so, once', async (t) => {
  const office = await startPostOffice(t);
  const app = await startApp(t, { ...SOON, smtpUrl: office.url, presenceGraceMs: 0 });
  const [chose, other] = [await app.member('agent', 'chose'), await app.member('agent', 'other')];
  await chose.request('PATCH', 'me', { notifications: { queue: true } });
  const visitor = await app.visitor();
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Anybody?' } });
  const [mail] = await office.mails.until(1);
  t.match(mail, { subject: 'Somebody is waiting' });
  t.match(mail?.to, { text: /chose@example\.com/ });
  t.match(mail?.text, /\/console#conversation=/);
  t.ok(other);
});

t.test('a mail to a customer lets nobody in once they are of the team', async (t) => {
  const office = await startPostOffice(t);
  const app = await startApp(t, { ...SOON, smtpUrl: office.url, presenceGraceMs: 0 });
  const admin = await app.admin();
  const carl = await app.member('user', 'carl');
  const { body } = await carl.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  await admin.request('POST', `conversations/${body.conversationId}/messages`, { content: 'the answer' });
  const [mail] = await office.mails.until(1);
  const link = /#link=(pl_[\w-]+)/.exec(mail?.text ?? '')?.[1];
  t.ok(link);
  const promoted = { role: 'agent' };
  t.equal((await admin.request('PATCH', `users/${carl.user.id}`, promoted)).status, 200);
  t.equal((await app.request('POST', 'auth/link', { link })).status, 401);
});

t.test(
  'a customer who is put in charge of their own conversation is told once, and keeps it from nobody else',
  async (t) => {
    const office = await startPostOffice(t);
    const app = await startApp(t, { ...SOON, smtpUrl: office.url, presenceGraceMs: 0 });
    const admin = await app.admin();
    const people = [
      await app.member('user', 'carl'),
      await app.visitor({ name: 'Vi', email: 'vi@example.com' }),
    ] as const;
    const [carl] = people;
    const ids: string[] = [];
    for (const one of people) {
      const { body } = await one.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
      ids.push(body.conversationId);
    }
    t.equal((await admin.request('PATCH', `users/${carl.user.id}`, { role: 'agent' })).status, 200);
    t.equal((await admin.request('PATCH', `conversations/${ids[0]}`, { assigneeId: carl.user.id })).status, 200);
    for (const id of ids) await admin.request('POST', `conversations/${id}/messages`, { content: 'the answer' });
    const told = (await office.mails.until(2)).map(({ to }) => [to].flat().map((one) => one?.text));
    t.same(told.flat().toSorted(), ['"Vi" <vi@example.com>', '"carl" <carl@example.com>'].toSorted());
  },
);

t.test('a forgotten password and an invitation come by mail, and lead in', async (t) => {
  const office = await startPostOffice(t);
  const app = await startApp(t, { ...SOON, smtpUrl: office.url });
  const admin = await app.admin();
  const { status, body } = await admin.request('POST', 'invitations', {
    email: 'Ben@example.com',
    role: 'agent',
    name: 'Ben',
  });
  t.match(
    { status, body },
    { status: 201, body: { mailed: true, link: /^https:\/\/chat\.example\.com\/console#link=pl_/ } },
  );
  const [invitation] = await office.mails.until(1);
  t.match(invitation?.text, body.link);
  const [, link] = body.link.split('#link=');
  const joined = await app.request('POST', 'auth/link', { link, password: 'a long enough password' });
  t.match(joined, { status: 200, body: { user: { role: 'agent', name: 'Ben', email: 'ben@example.com' } } });

  for (const email of ['nobody@example.com', 'ben@example.com', 'ben@example.com']) {
    t.equal((await app.request('POST', 'auth/forgot', { email })).status, 204, 'the same answer to everybody');
  }
  const [, forgotten] = await office.mails.until(2);
  t.match(forgotten?.to, { text: /ben@example\.com/ });
  const secret = /#link=(pl_[\w-]+)/.exec(forgotten?.text ?? '')?.[1];
  t.equal((await app.request('POST', 'auth/link', { link: secret, password: 'another password' })).status, 200);
  const login = await app.request('POST', 'auth/login', { email: 'ben@example.com', password: 'another password' });
  t.equal(login.status, 200);
  t.equal(office.mails.all.length, 2, 'one mail however often it is asked for');
});

t.test('of the links for a forgotten password the newest is good', async (t) => {
  const office = await startPostOffice(t);
  let passed = 0;
  const now = () => Date.now() + passed;
  const app = await startApp(t, { ...SOON, smtpUrl: office.url }, { now });
  await app.member('agent', 'ben');
  const asked = async (count: number) => {
    await app.request('POST', 'auth/forgot', { email: 'ben@example.com' });
    const mails = await office.mails.until(count);
    return /#link=(pl_[\w-]+)/.exec(mails.at(-1)?.text ?? '')?.[1];
  };
  const first = await asked(1);
  passed += 10 * 60_000;
  const second = await asked(2);
  const use = async (link: string | undefined) =>
    (await app.request('POST', 'auth/link', { link, password: 'another password' })).status;
  t.same([await use(second), await use(first)], [200, 401]);
});
