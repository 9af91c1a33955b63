// Half of a start went into compiling the program, function by function as each is called first. V8 can keep what it has
// compiled: the build runs the executable once, asks it what everybody asks of a server first, and takes what is there then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Script } from 'node:vm';

/**
 * What has to stand behind bin/launch.cjs, in the executable that is run for this.
 *
 * @param file where it writes what was compiled
 */
export function keeping(file) {
  return `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, script.createCachedData()));`;
}

/**
 * Runs an executable whose launcher keeps what was compiled, in an empty folder; rejects when it does not start, or when
 * V8 would not take what it kept.
 *
 * @param binary the executable
 * @param folder for its data
 * @param program the bundle that it carries
 * @param compiled where it keeps what was compiled
 */
export async function compileByRunning({ binary, folder, program, compiled }) {
  const child = spawn(binary, ['serve', '--port', '0'], {
    cwd: folder,
    env: { HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await talk(await addressOf(child));
  child.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0) throw new Error(`the executable ended with ${code} when it was run once`);
  const script = new Script(readFileSync(program, 'latin1'), { cachedData: readFileSync(compiled) });
  if (script.cachedDataRejected) throw new Error('V8 does not take what it has compiled itself');
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
