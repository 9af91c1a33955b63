/**
 * Makes a database as a release leaves it, by running that release:
 *
 *   node bin/run.mjs node test/db/releases/make.ts <checkout of the release, installed> <name of its newest migration>
 *
 * People talk, the server is stopped, and what is kept is its file, its secret, and what it answered to each of them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import type { Asked, Release } from './release.ts';

const [checkout = '', name = ''] = process.argv.slice(2);
const PASSWORD = 'correct horse battery';
const EMAIL = 'admin@example.com';

const folder = mkdtempSync(join(tmpdir(), 'parley-release-'));
const child = spawn(process.execPath, [join(checkout, 'src/main.ts'), 'serve'], {
  env: {
    PATH: process.env.PATH,
    PARLEY_DATA: folder,
    PARLEY_PORT: '0',
    PARLEY_ADMIN_EMAIL: EMAIL,
    PARLEY_ADMIN_PASSWORD: PASSWORD,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(child, 'exit');
let url = '';
for await (const line of createInterface(child.stdout)) {
  url = / listens on (\S+)$/.exec(line)?.[1] ?? '';
  if (url !== '') break;
}
child.stdout.resume();

// biome-ignore lint/suspicious/noExplicitAny: what a release answers is its own
type Answer = any;

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const response = await fetch(`${url}/v1/${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

const admin = await call('POST', 'auth/login', { email: EMAIL, password: PASSWORD });
const colleague = { name: 'Ben', email: 'ben@example.com', role: 'agent', password: PASSWORD };
await call('POST', 'users', colleague, admin.token);
const agent = await call('POST', 'auth/login', { email: colleague.email, password: PASSWORD });
const { key } = await call('POST', 'api-keys', { name: 'host', scopes: ['*'] }, admin.token);
const host = (externalId: string, name: string) => call('POST', 'tokens', { externalId, name }, key);
const [ann, cas] = [await host('host-1', 'Ann'), await host('host-2', 'Cas “naïve” 😀')];
const visitor = await call('POST', 'visitors', { name: 'Vi', email: 'vi@example.com', fields: { plan: 'gold' } });

/** Writes, and gives the answer. */
const say = (who: Answer, to: string, content: string) =>
  call('POST', `conversations/${to}/messages`, { content }, who.token);
const first = await call('POST', 'messages', { to: 'support', message: { content: 'Hello?' } }, visitor.token);
const thread: string = first.conversationId;
await call('PATCH', `conversations/${thread}`, { assigneeId: agent.user.id, subject: 'Lamps' }, agent.token);
await say(agent, thread, 'Yes: “naïve” 😀\nsecond line');
const edited = await say(visitor, thread, 'before');
await call('PATCH', `conversations/${thread}/messages/${edited.id}`, { content: 'edited' }, visitor.token);
const gone = await say(visitor, thread, 'taken back');
await call('DELETE', `conversations/${thread}/messages/${gone.id}`, undefined, visitor.token);
await call('POST', `conversations/${thread}/read`, { seq: 2 }, visitor.token);
const direct = await call('POST', 'conversations', { kind: 'direct', userId: cas.user.id }, agent.token);
for (let n = 1; n <= 30; n += 1) await say(n % 3 === 0 ? cas : agent, direct.id, `between us, ${n}`);
await call('POST', `conversations/${direct.id}/read`, { seq: 20 }, cas.token);
const room = { kind: 'room', externalId: 'call-7', subject: 'Call 7', maxLength: 500 };
const made = await call('POST', 'conversations', room, key);
for (const { user } of [ann, cas])
  await call('POST', `conversations/${made.id}/participants`, { userId: user.id }, key);
await say(ann, made.id, 'Welcome');
await call('DELETE', `conversations/${made.id}/participants/${cas.user.id}`, undefined, key);
const over = await call('POST', 'messages', { to: 'support', message: { content: 'Thank you' } }, ann.token);
await call('PATCH', `conversations/${over.conversationId}`, { status: 'closed' }, agent.token);

const asked: Asked[] = [];
for (const who of [admin, agent, ann, cas, visitor]) {
  const ask = async (path: string) => {
    const answer = await call('GET', path, undefined, who.token);
    asked.push({ token: who.token, path, answer });
    return answer;
  };
  await ask('me');
  await ask('unread');
  for (const { id } of (await ask('conversations?limit=50')).items) {
    await ask(`conversations/${id}`);
    await ask(`conversations/${id}/messages?limit=100`);
    await ask(`conversations/${id}/participants`);
  }
}
const at = Date.now();
child.kill('SIGTERM');
await ended;
const release: Release = { at, secret: readFileSync(join(folder, 'secret'), 'utf8'), asked };
const keep = (ending: string, bytes: Buffer | string) =>
  writeFileSync(join(import.meta.dirname, `${name}.${ending}.gz`), gzipSync(bytes, { level: 9 }));
keep('json', JSON.stringify(release));
keep('db', readFileSync(join(folder, 'parley.db')));
rmSync(folder, { recursive: true });
