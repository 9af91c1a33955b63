/** The table of commands says what commands take, and shells complete by it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { commands } from '../../src/cli/commands.ts';
import { runParley } from './parley.ts';

t.setTimeout(300_000);

/** What only starts, or writes for a shell. */
const WITHOUT_JSON = ['serve', 'completion'];

t.test('each command takes what the table says, and its help tells the same', async (t) => {
  for (const [name, { words = [], values = {}, settings }] of commands) {
    const given = [...words.map((word) => `--${word}`), ...Object.keys(values).map((option) => `--${option}=x`)];
    const { code, out, err } = await runParley([name, ...given, '--help']);
    t.equal(code, 0, `${name}: ${err}`);
    const listed = [...out.matchAll(/^ {2}--([a-z][a-z\d-]*)/gm)].map(([, option = '']) => option.replace(/^no-/, ''));
    const known = [...words, ...Object.keys(values), ...settings];
    t.same(
      listed.filter((option) => !known.includes(option)),
      [],
      `${name} tells of no other`,
    );
    t.same(
      [...words, ...Object.keys(values)].filter((option) => !out.includes(`--${option}`)),
      [],
      `${name} tells of all`,
    );
    t.equal(words.includes('json'), !WITHOUT_JSON.includes(name), `${name} --json`);
  }
  const { out } = await runParley(['--help']);
  for (const [name, { summary }] of commands) t.match(out, `  ${name.padEnd(10)}  ${summary}\n`);
});

t.test('bash completes commands, their words, options and what they may be', async (t) => {
  const { out: script } = await runParley(['completion', 'bash']);
  const complete = (...words: string[]) => {
    const last = words.length - 1;
    const run = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${last}; _parley; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', run], { encoding: 'utf8' }).trim().split('\n');
  };
  t.same(complete('parley', 'ex'), ['export']);
  t.same(complete('parley', 'user', 'pa'), ['password']);
  t.same(complete('parley', 'import', '--fr'), ['--from']);
  t.same(complete('parley', 'import', '--from', '00'), ['000', '001', '002', '003', '004']);
  t.same(complete('parley', 'user', 'add', '--role', ''), ['admin', 'agent', 'peer']);
  t.same(complete('parley', 'backup', '/us'), ['/usr']);
  t.ok(complete('parley', '').includes('serve'));
});

t.test('scripts for the others name every command, and are whole where the shell is there', async (t) => {
  for (const shell of ['zsh', 'fish']) {
    const { code, out } = await runParley(['completion', shell]);
    t.equal(code, 0);
    for (const name of commands.keys()) t.match(out, name);
    const program = ['/bin', '/usr/bin'].map((folder) => `${folder}/${shell}`).find((file) => existsSync(file));
    if (program !== undefined) execFileSync(program, ['-n'], { input: out });
  }
  t.match(await runParley(['completion']), { code: 2, err: /one of bash, zsh, fish/ });
});
