// Half of a start went into compiling the program, function by function as each is called first. V8 can keep what it has
// compiled: the build runs the executable once, asks it what everybody asks of a server first, and takes what is there then.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Script } from 'node:vm';

/**
 * What has to stand behind bin/launch.cjs, in the executable that is run for this.
 *
 * @param folder where it writes what was compiled, by program: `server.compiled`, `commands.compiled`
 */
export function keeping(folder) {
  const file = `${JSON.stringify(join(folder, '/'))} + program + '.compiled'`;
  return `process.on('exit', () => require('node:fs').writeFileSync(${file}, script.createCachedData()));`;
}

/**
 * Runs an executable whose launcher keeps what was compiled, in an empty folder: the server, and then a command that opens
 * its store. Rejects when either fails.
 *
 * @param binary the executable
 * @param folder for its data
 */
export async function compileByRunning(binary, folder) {
  const options = { cwd: folder, env: { HOME: folder }, stdio: ['ignore', 'pipe', 'inherit'] };
  const server = spawn(binary, ['serve', '--port', '0'], options);
  const ended = once(server, 'exit');
  await talk(await addressOf(server));
  server.kill('SIGTERM');
  const [code] = await ended;
  const { status } = spawnSync(binary, ['user', 'list'], options);
  if (code !== 0 || status !== 0) throw new Error(`the executable ended with ${code}, ${status} when it was run once`);
}

/**
 * Throws when V8 would not take what it has compiled itself.
 *
 * @param program the text
 * @param compiled what was kept of it
 */
export function checkCompiled(program, compiled) {
  const script = new Script(readFileSync(program, 'latin1'), { cachedData: readFileSync(compiled) });
  if (script.cachedDataRejected) throw new Error(`V8 does not take what it has compiled itself of ${program}`);
}

/** Where it listens, as it says once all that it says at a start is said. */
async function addressOf(child) {
  let address;
  for await (const line of createInterface(child.stdout)) {
    address ??= / listens on (\S+)$/.exec(line)?.[1];
    if (!line.startsWith('  health')) continue;
    child.stdout.resume();
    return address;
  }
  throw new Error('the executable did not start when it was run once');
}

/** A page, a visitor, a message. */
async function talk(address) {
  for (const path of ['/readyz', '/console', '/widget.js', '/v1/widget/config']) await asked(address + path);
  const { token } = await asked(`${address}/v1/visitors`, {});
  await asked(`${address}/v1/messages`, { to: 'support', message: { content: 'Hello' } }, token);
}

async function asked(url, body, token) {
  const answer = await fetch(url, {
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.headers.get('content-type')?.includes('json') ? answer.json() : answer.text();
}
