import t from 'tap';
import manifest from '../../package.json' with { type: 'json' };
import { runParley } from './parley.ts';

t.test('--help names the commands and the exit codes', async (t) => {
  for (const option of ['--help', '-h']) {
    const { code, out, err } = await runParley([option]);
    t.equal(code, 0);
    t.equal(err, '');
    t.match(out, /^ {2}serve {7}start the server$/m);
    t.match(out, /^ {2}config {6}show the settings in force$/m);
    t.match(out, /^ {2}3 {2}a setting is wrong or unknown$/m);
  }
});

t.test('--version prints the version alone', async (t) => {
  t.same(await runParley(['--version']), { code: 0, out: `${manifest.version}\n`, err: '' });
});

t.test('a command line that Parley does not understand exits 2 with a hint', async (t) => {
  const cases: [string[], string][] = [
    [[], 'Parley needs a command, for example: parley serve'],
    [['sevre'], 'there is no command "sevre": did you mean parley serve?'],
    [['constructor'], 'there is no command "constructor": did you mean parley'],
    [['serve', '--prot', '4000'], 'there is no option --prot: did you mean --port?'],
    [['serve', 'now'], '"now" is one word too many'],
    [['serve', '--markdown'], 'there is no option --markdown: did you mean'],
    [
      ['serve', '--jwt-secret', 'hunter2'],
      '--jwt-secret would show a secret to every user of this machine: set PARLEY_JWT_SECRET',
    ],
    [['serve', '--port'], "Option '--port <value>' argument missing"],
    [['serve', '--no-port'], 'no-port'],
    [['config', '--keep-address=maybe'], "Option '--keep-address' does not take an argument"],
  ];
  for (const [args, hint] of cases) {
    const { code, out, err } = await runParley(args);
    t.equal(code, 2, args.join(' '));
    t.equal(out, '');
    t.match(err, hint);
    t.notMatch(err, 'hunter2');
    t.match(err, /^parley: .+ See parley --help\n$/, 'one line, no stack');
  }
});
