/** What Prometheus reads. */
import t from 'tap';
import { type Body, startApp } from '../helper.ts';
import { say } from '../outbound/bots/house.ts';
import { startReceiver } from '../outbound/receiver.ts';
import { register, startHook } from '../outbound/webhooks/hook.ts';

const TOKEN = 'a-token-for-prometheus-that-nobody-guesses';
const LINE = /^(# (HELP|TYPE) .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+)$/;

t.test('without a token in the settings there is no such page', async (t) => {
  const app = await startApp(t);
  t.equal((await fetch(`${app.url}/metrics`)).status, 404);
});

t.test('only its token opens it', async (t) => {
  const app = await startApp(t, { metricsToken: TOKEN });
  const admin = await app.admin();
  for (const authorization of [undefined, `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, `Bearer ${admin.token}`]) {
    const headers = authorization === undefined ? {} : { authorization };
    t.equal((await fetch(`${app.url}/metrics`, { headers })).status, 401, String(authorization));
  }
});

t.test('it counts what happens, and tells nothing of anybody', async (t) => {
  const app = await startApp(t, { metricsToken: TOKEN, outboundAllow: ['127.0.0.1'] });
  const read = async () => {
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    const lines = text.trim().split('\n');
    t.same(
      lines.filter((line) => line !== '' && !LINE.test(line)),
      [],
      'each line is as Prometheus has it',
    );
    const values = new Map(
      lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/ (?=[^ ]+$)/) as [string, string]),
    );
    return { text, value: (name: string) => Number(values.get(name) ?? 0) };
  };
  const before = await read();
  t.equal(before.value('parley_storage_ok'), 1);
  t.ok(before.value('parley_storage_bytes{what="database"}') > 0);

  const admin = await app.admin();
  const program = await startReceiver(t, (_, response) => say(response, { reply: 'Hi there' }));
  const bot = await admin.request('POST', 'bots', { name: 'Lea', engine: 'webhook', url: program.url });
  await admin.request('PATCH', 'settings', { firstAssignee: { agent: bot.body.id } });
  const hook = await startHook(t);
  await register(admin, hook, { events: ['message.created'] });
  const visitor = await app.visitor({ name: 'Vera Vetrova' });
  const line = await visitor.connect();
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'A secret question' } });
  await line.event((event: Body) => event.type === 'message.created' && event.message.ai);
  await hook.until(2);

  let after = await read();
  // The attempt is counted when its answer has come.
  while (after.value('parley_webhook_deliveries_total{outcome="ok"}') < 2) after = await read();
  t.equal(after.value('parley_connections'), 1);
  t.equal(after.value('parley_connected_users'), 1);
  t.equal(after.value('parley_bot_turns_total{outcome="answered"}'), 1);
  const changes = after.value('parley_changes_total');
  t.ok(changes > before.value('parley_changes_total'));
  t.equal(after.value('parley_batch_changes_sum'), changes);
  t.equal(after.value('parley_messages_total'), 2, 'what was asked and what was answered');
  t.ok(after.value('parley_batch_seconds_count') > 0);
  t.ok(after.value('parley_deliveries_total') > 0);
  t.ok(after.value('parley_http_requests_total{method="POST",status="2xx"}') >= 4);
  t.notMatch(after.text, /secret question|Vera|127\.0\.0\.1|Lea/);
});
