#!/usr/bin/env node
import { exitCodeLines, exitCodes } from './cli/exit-codes.ts';
import { reportOf } from './cli/report.ts';
import { UsageError } from './cli/usage-error.ts';
import { versionText } from './cli/version.ts';
import { nearest } from './config/nearest.ts';

type Command = {
  summary: string;
  /** Gives the exit code; undefined: it goes on working and ends by itself. */
  run: (args: readonly string[]) => Promise<number | undefined>;
};

/** The subcommands; each is loaded when it is asked for. */
const commands: ReadonlyMap<string, Command> = new Map([
  ['serve', { summary: 'start the server', run: async (args) => (await import('./cli/serve.ts')).serve(args) }],
  [
    'backup',
    {
      summary: 'copy everything, while the server works',
      run: async (args) => (await import('./cli/backup.ts')).backup(args),
    },
  ],
  [
    'restore',
    {
      summary: 'put a backup in the place of what there is',
      run: async (args) => (await import('./cli/restore.ts')).restore(args),
    },
  ],
  [
    'check',
    {
      summary: 'see whether all is as it should be',
      run: async (args) => (await import('./cli/check.ts')).check(args),
    },
  ],
  ['key', { summary: "the host's API keys", run: async (args) => (await import('./cli/key.ts')).key(args) }],
  [
    'health',
    {
      summary: 'ask whether the server takes requests',
      run: async (args) => (await import('./cli/health.ts')).health(args),
    },
  ],
  [
    'config',
    { summary: 'show the settings in force', run: async (args) => (await import('./cli/config.ts')).config(args) },
  ],
  ['user', { summary: 'who may log in', run: async (args) => (await import('./cli/user.ts')).user(args) }],
]);

const HELP = [
  'Usage: parley <command> [options]',
  '',
  'Commands:',
  ...[...commands].map(([name, { summary }]) => `  ${name.padEnd(8)}  ${summary}`),
  '',
  'Options:',
  '  -h, --help     print this; parley <command> --help tells about a command',
  '  -v, --version  print the version',
  '',
  'Exit codes:',
  ...exitCodeLines,
  '',
].join('\n');

async function main(args: readonly string[]): Promise<number | undefined> {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === '-h') {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${versionText}\n`);
    return exitCodes.done.code;
  }
  const command = commands.get(name);
  if (command) return command.run(rest);
  if (name === '') throw new UsageError('Parley needs a command, for example: parley serve');
  throw new UsageError(`there is no command "${name}": did you mean parley ${nearest(name, [...commands.keys()])}?`);
}

// Whoever reads our output may stop doing so (`parley config | head -1`); that is no reason to fall over.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

/** Runs the command line; a failure is told, and gives its exit code. */
async function runOrReport(args: readonly string[]): Promise<number | undefined> {
  try {
    return await main(args);
  } catch (error) {
    const report = reportOf(error);
    process.stderr.write(`parley: ${report.text}\n`);
    return report.code;
  }
}

const code = await runOrReport(process.argv.slice(2));
// A server that failed half-way up may have left a timer or a socket that would keep the process.
if (code) process.exit(code);
