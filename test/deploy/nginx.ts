/** nginx with the configuration that docs/deploy has, in front of a server on this machine. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { selfSigned } from '../outbound/self-signed.ts';

const shipped = readFileSync(join(import.meta.dirname, '../../docs/deploy/nginx.conf'), 'utf8');

/** Debian installs it where only root looks. */
const PROGRAM = ['nginx', '/usr/sbin/nginx'].find(
  (program) => spawnSync(program, ['-v'], { stdio: 'ignore' }).error === undefined,
);

/** Why it cannot be tried here; false: it can. */
export const withoutNginx = PROGRAM === undefined && 'no nginx here: apt-get install nginx-light';

/** A port that was free a moment ago: nginx takes none by itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The file as it is shipped, but for the places that everybody has to change. */
function adapted(changes: readonly [string, string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`docs/deploy/nginx.conf has no ${from}`);
    return text.replaceAll(from, to);
  }, shipped);
}

/** Runs it on `port`, before a server on another, until the test ends. */
export async function startNginx(t: Test, { port, before }: { port: number; before: number }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-nginx-'));
  const path = (name: string) => join(folder, name);
  writeFileSync(path('cert.pem'), selfSigned.cert);
  writeFileSync(path('key.pem'), selfSigned.key, { mode: 0o600 });
  const site = adapted([
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['chat.example.com;', 'localhost;'],
    ['/etc/ssl/chat.example.com.pem', path('cert.pem')],
    ['/etc/ssl/chat.example.com.key', path('key.pem')],
    ['127.0.0.1:4000', `127.0.0.1:${before}`],
  ]);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${path(name)};`);
  writeFileSync(
    path('nginx.conf'),
    `daemon off; pid ${path('pid')}; error_log stderr notice; events {}
http { access_log off; ${places.join(' ')}
${site}}`,
  );
  const child = spawn(PROGRAM ?? '', ['-p', folder, '-c', path('nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  t.teardown(async () => {
    // It takes its workers along.
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const said: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    if (!line.includes('start worker process ')) continue;
    child.stderr.resume();
    return;
  }
  throw new Error(`nginx did not start: ${said.join('\n')}`);
}
