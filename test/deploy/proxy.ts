/** A proxy with the configuration that docs/deploy has, in front of a server on this machine. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { selfSigned } from '../outbound/self-signed.ts';

/** Starts it on `port`, before a server on another, until the test ends. */
export type StartProxy = (t: Test, where: { port: number; before: number }) => Promise<void>;

/** The first of these programs that is on this machine. */
export const programOf = (names: readonly string[], asked: string): string | undefined =>
  names.find((program) => spawnSync(program, [asked], { stdio: 'ignore' }).error === undefined);

/** A port that was free a moment ago: a proxy takes none by itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export const shipped = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../docs/deploy', name), 'utf8');

/** The file as it is shipped, but for the places that everybody has to change. */
export function adapted(name: string, changes: readonly [string, string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`docs/deploy/${name} has no ${from}`);
    return text.replaceAll(from, to);
  }, shipped(name));
}

/** A folder for what it needs, with a certificate in it, until the test ends. */
export function proxyFolder(t: Test): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-proxy-'));
  const path = (name: string) => join(folder, name);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path('cert.pem'), selfSigned.cert);
  writeFileSync(path('key.pem'), selfSigned.key, { mode: 0o600 });
  return path;
}

/** Waits until it has said `line`, and has it end with the test; it tells of itself on standard error. */
export async function untilItSays(t: Test, child: ChildProcess, line: string): Promise<void> {
  const { stderr } = child;
  if (stderr === null) throw new Error('its standard error is not read');
  const ended = once(child, 'exit');
  t.teardown(async () => {
    // It takes its workers along.
    child.kill('SIGTERM');
    await ended;
  });
  const said: string[] = [];
  for await (const one of createInterface(stderr)) {
    said.push(one);
    if (!one.includes(line)) continue;
    stderr.resume();
    return;
  }
  throw new Error(`it did not start: ${said.join('\n')}`);
}
