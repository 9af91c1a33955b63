/** Webhooks as admins set them up. */
import t from 'tap';
import { MAX_WEBHOOKS } from '../../../src/protocol/limits.ts';
import { startApp } from '../../helper.ts';
import { NEAR, register, startHook, verified } from './hook.ts';

t.test('made, listed, changed, rotated, tested, taken away', async (t) => {
  const app = await startApp(t, NEAR);
  const hook = await startHook(t);
  const admin = await app.admin();
  const made = await register(admin, hook, { events: ['message.created', 'message.created'] });
  t.same(made.events, ['message.created']);
  const { secret, ...shown } = made;
  const path = `webhooks/${made.id}`;
  t.same((await admin.request('GET', path)).body, shown, 'the secret is told once');
  t.same((await admin.request('GET', 'webhooks')).body, { items: [shown], next: null });

  const { body: tested } = await admin.request('POST', `${path}/test`);
  t.match(tested, { event: 'test', state: 'done', status: 204, attempts: 1, webhookId: made.id });
  const [test] = await hook.until(1);
  t.same(verified(test as never, secret), { type: 'test' });
  t.equal(test?.id, tested.id);

  const { body: rotated } = await admin.request('POST', `${path}/rotate`);
  t.not(rotated.secret, secret);
  await admin.request('POST', `${path}/test`);
  const [, both] = await hook.until(2);
  t.equal(String(both?.headers['webhook-signature']).split(' ').length, 2);
  t.ok(verified(both as never, secret), 'the secret before is good for a day');
  t.ok(verified(both as never, rotated.secret));

  const { body: page } = await admin.request('GET', `${path}/deliveries?limit=1`);
  t.match(page, { items: [{ id: both?.id }], next: String });
  const { body: rest } = await admin.request('GET', `${path}/deliveries?limit=1&cursor=${page.next}`);
  t.match(rest, { items: [{ id: test?.id }], next: null });

  const { body: patched } = await admin.request('PATCH', path, { enabled: false, kinds: ['room'] });
  t.same(patched, { ...shown, enabled: false, kinds: ['room'] });
  t.equal((await admin.request('DELETE', path)).status, 204);
  t.equal((await admin.request('GET', path)).status, 404);
  t.equal((await admin.request('GET', `${path}/deliveries`)).status, 404);
});

t.test('the secret before ends after a day', async (t) => {
  let now = Date.now();
  const app = await startApp(t, NEAR, { now: () => now });
  const hook = await startHook(t);
  const admin = await app.admin();
  const { id } = await register(admin, hook);
  await admin.request('POST', `webhooks/${id}/rotate`);
  now += 24 * 60 * 60 * 1000;
  const { token } = (
    await app.request('POST', 'auth/login', { email: 'admin@example.com', password: 'correct horse battery' })
  ).body;
  await app.request('POST', `webhooks/${id}/test`, undefined, token);
  const [told] = await hook.until(1);
  t.equal(String(told?.headers['webhook-signature']).split(' ').length, 1);
});

t.test('what makes no webhook', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const refused: [body: object, path: string][] = [
    [{}, 'url'],
    [{ url: 'ftp://example.com/' }, 'url'],
    [{ url: 'https://ann:secret@example.com/' }, 'url'],
    [{ url: 'https://' }, 'url'],
    [{ url: 'https://example.com/', events: [] }, 'events'],
    [{ url: 'https://example.com/', events: ['typing'] }, 'events.0'],
    [{ url: 'https://example.com/', kinds: ['side'] }, 'kinds.0'],
    [{ url: 'https://example.com/', secret: 'mine' }, 'secret'],
  ];
  for (const [body, path] of refused) {
    const answer = await admin.request('POST', 'webhooks', body);
    t.match(answer, { status: 400, body: { code: 'VALIDATION', details: { path } } }, JSON.stringify(body));
  }
  for (let count = 0; count < MAX_WEBHOOKS; count += 1) {
    const { status } = await admin.request('POST', 'webhooks', { url: 'https://example.com/', enabled: false });
    if (status !== 201) t.fail(`${count} webhooks: ${status}`);
  }
  t.equal((await admin.request('POST', 'webhooks', { url: 'https://example.com/' })).status, 403);
});
