/** Nothing that people write, and no credential, reaches the log of the process, at any level; nor can text forge it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { spawnParley } from '../cli/parley.ts';
import { type Body, callers } from '../helper.ts';
import { openLine } from '../line.ts';

/** The letters of a line of the log, and what makes terminals do things. */
const FORGED = '\r\n{"level":60,"msg":"canary-forged"}\r\n\u001b[31mcanary-ansi\u001b[0m\u202ecanary-bidi';

interface Logged {
  url: string;
  /** Ends the server, and gives all that it has written. */
  end(): Promise<string>;
}

async function start(t: Test, level: string): Promise<Logged> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-log-'));
  const child = spawnParley(['serve'], {
    PARLEY_DATA: folder,
    PARLEY_PORT: '0',
    PARLEY_LOG_LEVEL: level,
    PARLEY_ADMIN_EMAIL: 'canary-admin@example.com',
    PARLEY_ADMIN_PASSWORD: 'canary-admin-password',
    PARLEY_JWT_SECRET: 'canary-jwt-secret-canary-jwt-secret-canary',
    PARLEY_ORIGINS: 'https://canary-allowed.example',
  });
  t.teardown(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let written = '';
  const listening = new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the server did not start: ${written}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        written += text;
        const url = / listens on (\S+)$/m.exec(written)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
  });
  const url = await listening;
  const closed = once(child, 'close');
  return {
    url,
    end: async () => {
      child.kill('SIGTERM');
      await closed;
      return written;
    },
  };
}

/** Sends bytes that no client would, and waits until the server has ended the connection. */
async function sendRaw(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.resume();
  socket.write(text);
  await once(socket, 'close');
}

/** Every strange and every ordinary thing, all full of canaries. Gives the credentials that came of it. */
async function useEverything(t: Test, url: string): Promise<string[]> {
  const { request, actor } = callers(t, url);
  const secrets: string[] = [];
  const kept = ({ body }: { body: Body }): Body => {
    for (const name of ['token', 'refreshToken', 'key', 'value', 'cursor']) {
      if (typeof body?.[name] === 'string') secrets.push(body[name]);
    }
    return body;
  };
  const headers = {
    'user-agent': 'canary-agent',
    cookie: 'session=canary-cookie',
    referer: 'https://canary-referrer/',
  };

  const about = { name: 'canary-name', email: 'canary-visitor@example.com', fields: { plan: 'canary-field' } };
  const visitor = kept(
    await request('POST', 'visitors', { ...about, context: { page: 'canary-page' } }, undefined, headers),
  );
  const login = { email: 'canary-admin@example.com', password: 'canary-admin-password' };
  await request('POST', 'auth/login', { ...login, password: 'canary-wrong-password' });
  await request('POST', 'auth/login', { email: 'canary-nobody@example.com', password: 'canary-wrong-password' });
  const admin = kept(await request('POST', 'auth/login', login));
  kept(await request('POST', 'auth/refresh', { refreshToken: admin.refreshToken }));
  await request('POST', 'auth/refresh', { refreshToken: 'canary-refresh' });
  await request('POST', 'auth/link', { link: 'canary-link', password: 'canary-password', name: 'canary-name' });
  const keyed = kept(await request('POST', 'api-keys', { name: 'canary-key-name', scopes: ['*'] }, admin.token));
  kept(await request('POST', 'tokens', { externalId: 'canary-external', email: 'canary-host@example.com' }, keyed.key));
  await request('POST', 'users', { email: 'canary-agent@example.com', name: FORGED, role: 'agent' }, admin.token);
  kept(await request('GET', 'me/ticket', undefined, visitor.token));
  kept(await request('GET', 'changes', undefined, visitor.token));

  const { token } = visitor;
  const sent = await request(
    'POST',
    'messages',
    { to: 'support', message: { content: 'canary-text' } },
    token,
    headers,
  );
  const { conversationId, id } = sent.body;
  const path = `conversations/${conversationId}/messages`;
  await request('POST', path, { content: `canary-more ${FORGED}` }, token);
  await request('POST', path, { content: 'canary-\u202e-bidi' }, token);
  await request('PATCH', `${path}/${id}`, { content: 'canary-edited' }, token);
  await request('DELETE', `${path}/${id}`, undefined, token);
  await request('PATCH', `conversations/${conversationId}`, { subject: 'canary-subject' }, admin.token);
  await request('POST', path, '{"content": "canary-broken', token);
  await request('POST', path, `{"content": "canary-long ${'x'.repeat(300_000)}"}`, token);
  await request('POST', path, { content: 'canary-unknown', 'canary-property': 1 }, token);
  await request('POST', path, { content: 'canary-type' }, token, { 'content-type': 'text/canary-type' });
  await request('GET', '/v1/me?token=canary-in-query', undefined, token);
  await request('GET', '/v1/me', undefined, 'canary-bearer');
  await request('GET', '/v1/me', undefined, 'pv_canary-bearer-of-a-visitor');
  await request('GET', `/%0d%0a%7b%22msg%22%3a%22forged%22%7d?canary-query=1#canary-hash`);
  await request('GET', '/v1/me', undefined, token, {
    'x-forwarded-for': 'canary-forwarded',
    origin: 'https://canary-origin',
  });

  const line = await openLine(t, url, { headers: { ...headers, authorization: 'Bearer canary-upgrade' } });
  await line.call({ type: 'hello', token: 'canary-hello' });
  await line.hello(token, { cursor: 'canary-cursor', revs: {} });
  await line.call({ type: 'message.send', conversationId, message: { content: `canary-frame ${FORGED}` } });
  await line.call({ type: 'message.send', to: 'support', message: { content: 'canary-again' } });
  await line.call({ type: 'typing.set', conversationId, on: true, text: 'canary-typing' });
  await line.call({ type: 'presence.set', state: 'away', context: { title: 'canary-title', page: FORGED } });
  await line.call({ type: 'canary.unknown', text: 'canary-frame' });
  line.send('{"canary-broken": ');
  line.send(Buffer.from('canary-binary'));
  await line.call({ type: 'ping' });
  line.socket.terminate();
  await openLine(t, url, { headers: { origin: 'https://canary-foreign.example' } }).catch(() => {});
  const other = await actor(token, visitor.user).connect();
  other.socket.close(1000, 'canary-close');
  await other.closed;

  const host = 'Host: canary-host\r\nConnection: close\r\n';
  await sendRaw(url, `GET /canary-raw\u001b[31m HTTP/1.1\r\n${host}\r\n`);
  await sendRaw(url, `GET /v1/me HTTP/1.1\r\n${host}canary header: \u001b[31m\r\n\r\n`);
  await sendRaw(
    url,
    `GET /v1/me HTTP/1.1\r\n${host}Authorization: Bearer canary-raw\r\nUser-Agent: \u00e9canary\r\n\r\n`,
  );
  await sendRaw(url, 'canary-not-http\r\n\r\n');
  return secrets;
}

for (const level of ['info', 'debug']) {
  t.test(`at level ${level}`, async (t) => {
    const server = await start(t, level);
    const secrets = await useEverything(t, server.url);
    const written = await server.end();
    t.ok(secrets.length >= 9, 'there were credentials to look for');
    t.same(
      secrets.filter((secret) => written.includes(secret)),
      [],
      'no credential is in the log',
    );
    const lines = written.split('\n');
    t.same(
      lines.filter((line) => /canary/i.test(line)),
      [],
      'nothing that anybody wrote is in the log',
    );
    t.notMatch(written.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, 'no terminal is told to do anything');
    const logged = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    t.ok(
      logged.some(({ msg }) => msg === 'stopping'),
      'there was a log',
    );
    const rest = lines.filter(
      (line) => line !== '' && !line.startsWith('{') && !/^(Parley| {2}(API|console|demo|health|first))/.test(line),
    );
    t.same(rest, [], 'and every line of it is one of its own');
  });
}
