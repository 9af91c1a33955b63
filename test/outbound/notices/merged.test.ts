/** A browser that took push messages for a visitor takes them for the user whom the host names. */
import { createHmac } from 'node:crypto';
import t from 'tap';
import { startApp } from '../../helper.ts';
import { startPushService } from './post-office.ts';

t.test('a subscription passes to the named user', async (t) => {
  const service = await startPushService(t);
  const jwtSecret = 'a secret that is long enough for HS256';
  const app = await startApp(t, {
    ...{ jwtSecret, outboundAllow: ['127.0.0.1'], noticeDelayMs: 100, presenceGraceMs: 0 },
  });
  const visitor = await app.visitor();
  await visitor.request('POST', 'me/push', service.subscription('kept'));
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const exp = Math.floor(Date.now() / 1000) + 60;
  const hmac = createHmac('sha256', jwtSecret).update(`vera.${exp}`).digest('hex');
  const named = await app.request('POST', 'visitors', { identity: { externalId: 'vera', exp, hmac } }, visitor.token);
  t.equal(named.status < 300, true, JSON.stringify(named.body));
  await (await app.admin()).request('POST', `conversations/${body.conversationId}/messages`, { content: 'answer' });
  const [push] = await service.arrived.until(1);
  t.equal(push?.path, '/kept');
});
