/** docs/deploy: what could not be run here says so, and what can be known without running it is checked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { configFor } from '../../src/config.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/deploy');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** The instructions of the Dockerfile, in order; continued lines as one. */
const instructions = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(/ (.*)/s, 2) as [string, string]);
const only = (name: string) => instructions.filter(([one]) => one === name).map(([, text]) => text);

t.test('each file says first whether it was tried', async (t) => {
  for (const name of readdirSync(folder)) {
    const [head] = name.endsWith('.json') ? [JSON.parse(read(name)).description] : read(name).split('\n\n');
    t.match(head, /\b([Tt]ried|[Uu]ntried)\b/, name);
  }
});

t.test('the Dockerfile: one stage, nobody special, nothing that a shell would be needed for', async (t) => {
  t.equal(instructions[0]?.[0], 'FROM');
  const [from = '', ...more] = only('FROM');
  t.same(more, []);
  t.match(from, /^[\w./-]+:(?!latest\b)[\w.-]+$/, 'a tag, and not the latest');
  t.same(only('ADD'), [], 'COPY fetches nothing and unpacks nothing');
  t.same(only('RUN'), [], 'there is no shell in it');
  t.match(only('USER').at(-1), /^(?!root$|0$)\w+$/);
  for (const name of ['ENTRYPOINT', 'CMD']) for (const text of only(name)) t.ok(Array.isArray(JSON.parse(text)), name);
  t.ok(Array.isArray(JSON.parse(/ CMD (.+)$/.exec(only('HEALTHCHECK')[0] ?? '')?.[1] ?? 'null')));
  // What it copies is what the build makes, and only its owner may change it.
  const [copied = ''] = only('COPY');
  t.match(copied, /^--chown=0:0 --chmod=0755 dist\/parley \/usr\/local\/bin\/parley$/);
  t.match(readFileSync(join(root, 'bin/build-binary.mjs'), 'utf8'), "'dist', isWindows ? 'parley.exe' : 'parley'");
  const set = new Map(
    only('ENV').flatMap((text) => text.split(' ').map((pair) => pair.split('=') as [string, string])),
  );
  t.equal(only('VOLUME')[0], set.get('PARLEY_DATA'));
  t.equal(only('EXPOSE')[0], set.get('PARLEY_PORT'));
  t.ok(set.get('XDG_CACHE_HOME')?.startsWith(`${set.get('PARLEY_DATA')}/`), 'what is unpacked lies where it may write');
});

t.test('the Compose file: what it builds is there, the proxy is believed, and it is given time to stop', async (t) => {
  const text = read('compose.yaml');
  t.notMatch(text, '\t', 'YAML has no tabs');
  t.same(
    text.split('\n').filter((line) => (/^ */.exec(line)?.[0].length ?? 0) % 2 === 1),
    [],
  );
  const value = (name: string) => new RegExp(`^ *(?:- )?${name}: (.+)$`, 'm').exec(text)?.[1] ?? '';
  t.ok(existsSync(join(folder, value('context'), value('dockerfile'))));
  t.equal(value('PARLEY_TRUST_PROXY'), value('subnet'));
  t.ok(Number.parseInt(value('stop_grace_period'), 10) * 1000 > configFor().shutdownMs);
  t.match(text, 'read_only: true');
  t.match(text, 'cap_drop: [ALL]');
  t.match(text, 'no-new-privileges:true');
  t.notMatch(text, /privileged: true|network_mode: host|docker\.sock/);
  const [, named = ''] = text.split('\nvolumes:\n');
  for (const [, volume] of text.matchAll(/^ {6}- (\w+):\//gm)) t.match(named, `  ${volume}:`, String(volume));
  t.match(text, 'to parley:4000');
  t.match(read('Dockerfile'), 'PARLEY_PORT=4000');
});

t.test('the unit gives it time to stop, and may end no call of the server by ending the server', async (t) => {
  const text = read('parley.service');
  const value = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1] ?? '';
  t.ok(Number(value('TimeoutStopSec')) * 1000 > configFor().shutdownMs);
  t.equal(value('SystemCallErrorNumber'), 'EPERM', 'a call that is not allowed fails, instead of killing');
});
