import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { rowsBeside } from '../database.ts';
import { startApp } from '../helper.ts';

const WEBHOOK = { name: 'Lea', engine: 'webhook', url: 'https://example.org/hook' };
const MODEL = { name: 'Max', engine: 'openai', url: 'http://127.0.0.1:11434/v1', model: 'small' };

t.test('an admin makes bots, reads, changes and takes them away', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const made = await admin.request('POST', 'bots', WEBHOOK);
  t.equal(made.status, 201);
  t.same(made.body, {
    ...WEBHOOK,
    id: made.body.id,
    format: 'parley',
    enabled: true,
    history: 20,
    timeoutMs: 30_000,
    fallback: { handover: true },
    hasKey: false,
  });
  const model = await admin.request('POST', 'bots', {
    ...MODEL,
    prompt: 'Be kind.',
    temperature: 0.2,
    history: 5,
    timeoutMs: 60_000,
    fallback: { text: ' One moment. ' },
  });
  t.match(model.body, { prompt: 'Be kind.', temperature: 0.2, actions: false, fallback: { text: 'One moment.' } });
  t.notOk('format' in model.body);
  t.match((await admin.request('PATCH', `bots/${model.body.id}`, { actions: true })).body, { actions: true });
  const list = await admin.request('GET', 'bots?limit=1');
  t.equal(list.body.items[0].id, model.body.id);
  t.equal((await admin.request('GET', `bots?limit=1&cursor=${list.body.next}`)).body.items[0].id, made.body.id);

  const path = `bots/${made.body.id}`;
  const user = await admin.request('GET', `users/${made.body.id}`);
  t.match(user.body, { name: 'Lea', role: 'bot', disabledAt: null });
  const changed = await admin.request('PATCH', path, { name: 'Lena', enabled: false, format: 'n8n' });
  t.match(changed.body, { name: 'Lena', enabled: false, format: 'n8n', url: WEBHOOK.url });
  t.same((await admin.request('GET', path)).body, changed.body);
  t.match((await admin.request('PATCH', path, { enabled: true })).body, { enabled: true });

  t.equal((await admin.request('DELETE', path)).status, 204);
  t.equal((await admin.request('GET', path)).status, 404);
  t.match((await admin.request('GET', `users/${made.body.id}`)).body, { name: 'Lena', disabledAt: String });
});

t.test('a key is written, never told, and not to be read from the file', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const key = 'sk-a-key-that-nobody-sees';
  const { body } = await admin.request('POST', 'bots', { ...MODEL, key });
  t.equal(body.hasKey, true);
  const path = `bots/${body.id}`;
  for (const answer of [body, (await admin.request('GET', path)).body, (await admin.request('GET', 'bots')).body]) {
    t.notMatch(JSON.stringify(answer), key);
  }
  const sealed = async () => (await rowsBeside(app.folder, 'select key from bots'))[0]?.key;
  t.notMatch((await sealed()) ?? key, key);
  t.equal((await admin.request('PATCH', path, { name: 'Mia' })).body.hasKey, true, 'it stays when others change');
  t.equal((await admin.request('PATCH', path, { key: null })).body.hasKey, false);
  t.equal(await sealed(), null);
});

t.test('what is no bot is refused by field and rule', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const refused: [object, string][] = [
    [{ ...WEBHOOK, url: 'ftp://example.org' }, 'url'],
    [{ ...WEBHOOK, url: 'https://me:secret@example.org/' }, 'url'],
    [{ ...WEBHOOK, engine: 'other' }, 'engine'],
    [{ ...WEBHOOK, timeoutMs: 0 }, 'timeoutMs'],
    [{ ...WEBHOOK, history: 1000 }, 'history'],
    [{ ...WEBHOOK, secret: 'two words' }, 'secret'],
    [{ ...WEBHOOK, fallback: { text: '  ' } }, 'fallback'],
    [{ ...WEBHOOK, role: 'admin' }, 'role'],
    [{ ...MODEL, model: undefined }, 'model'],
    [{ ...MODEL, temperature: 3 }, 'temperature'],
    [{ ...MODEL, actions: 'all' }, 'actions'],
  ];
  for (const [body, path] of refused) {
    const { status, body: answer } = await admin.request('POST', 'bots', body);
    t.equal(status, 400, JSON.stringify(body));
    t.match(answer.details.path, path);
  }
  const { body } = await admin.request('POST', 'bots', WEBHOOK);
  t.match(await admin.request('PATCH', `bots/${body.id}`, { engine: 'openai' }), { status: 400 });
  t.match(await admin.request('PATCH', `bots/${body.id}`, { engine: 'openai', model: 'small' }), { status: 200 });
  t.match(await admin.request('GET', `bots/${randomUUIDv7()}`), { status: 404 });
  t.match(await admin.request('GET', `bots/${admin.user.id}`), { status: 404 }, 'a user that is no bot');
});
