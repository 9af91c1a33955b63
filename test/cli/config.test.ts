import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runParley } from './parley.ts';

t.test('parley config shows what is in force: options before variables before defaults', async (t) => {
  const { code, out, err } = await runParley(['config', '--port', '4002', '--no-keep-address'], {
    PARLEY_PORT: '4001',
    PARLEY_ORIGINS: 'https://a.example,https://b.example',
    PARLEY_PUBLIC_URL: '',
  });
  t.equal(err, '');
  t.equal(code, 0);
  t.match(out, /^PARLEY_PORT +4002$/m);
  t.match(out, /^PARLEY_KEEP_ADDRESS +false$/m);
  t.match(out, /^PARLEY_ORIGINS +https:\/\/a\.example,https:\/\/b\.example$/m);
  t.match(out, /^PARLEY_PUBLIC_URL +\(not set\)$/m);
  t.match(out, /^PARLEY_TRUST_PROXY +\(none\)$/m);
  t.match(out, /^PARLEY_MAX_LENGTH +1000$/m);
});

t.test('parley config --json: every setting by its name, null where it is not set, no secret', async (t) => {
  const { code, out } = await runParley(['config', '--json', '--port', '4002'], {
    PARLEY_JWT_SECRET: 'hunter2'.repeat(5),
    PARLEY_ORIGINS: 'https://a.example',
  });
  t.equal(code, 0);
  t.match(JSON.parse(out), {
    PARLEY_PORT: 4002,
    PARLEY_JWT_SECRET: '***',
    PARLEY_ORIGINS: ['https://a.example'],
    PARLEY_PUBLIC_URL: null,
    PARLEY_KEEP_ADDRESS: true,
  });
  t.notMatch(out, 'hunter2');
});

t.test('parley config never prints a secret', async (t) => {
  const { code, out, err } = await runParley(['config'], {
    PARLEY_JWT_SECRET: 'hunter2'.repeat(5),
    PARLEY_ADMIN_EMAIL: 'ann@example.com',
    PARLEY_ADMIN_PASSWORD: 'hunter2hunter2',
  });
  t.equal(code, 0);
  t.match(out, /^PARLEY_JWT_SECRET +\*\*\*$/m);
  t.match(out, /^PARLEY_ADMIN_PASSWORD +\*\*\*$/m);
  t.match(out, /^PARLEY_ADMIN_EMAIL +ann@example\.com$/m);
  t.notMatch(out + err, 'hunter2');
});

t.test('parley config --markdown prints docs/settings.md', async (t) => {
  const { code, out } = await runParley(['config', '--markdown'], { PARLEY_PORT: '4001' });
  t.equal(code, 0);
  t.equal(out, readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8'));
});

t.test('a wrong setting exits 3 with a line a problem, whichever command reads it', async (t) => {
  for (const command of ['config', 'serve']) {
    const one = await runParley([command], { PARLEY_PORT: 'http' });
    t.equal(one.code, 3);
    t.equal(one.out, '');
    t.equal(
      one.err,
      'parley: PARLEY_PORT is "http" and must be a whole number from 0 to 65535, for example PARLEY_PORT=4001\n',
    );
    const two = await runParley([command], { PARLEY_PORT: 'http', PARLEY_ORIGIN: 'https://a.example' });
    t.equal(two.code, 3);
    t.equal(two.err.trimEnd().split('\n').length, 2);
    t.match(two.err, 'PARLEY_ORIGIN is no setting of Parley: did you mean PARLEY_ORIGINS');
  }
});

t.test('serve --help tells every option, without reading a setting', async (t) => {
  const { code, out } = await runParley(['serve', '--help'], { PARLEY_PORT: 'http' });
  t.equal(code, 0);
  t.match(out, /^ {2}--port <number> {2}\(PARLEY_PORT\)$/m);
  t.match(out, /^ {2}PARLEY_JWT_SECRET {2}\(a secret: no option\)$/m);
});
