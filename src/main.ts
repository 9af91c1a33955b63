#!/usr/bin/env node
import { commands } from './cli/commands.ts';
import { exitCodeLines, exitCodes } from './cli/exit-codes.ts';
import { reportOf } from './cli/report.ts';
import { UsageError } from './cli/usage-error.ts';
import { versionText } from './cli/version.ts';
import { nearest } from './config/nearest.ts';

const HELP = [
  'Usage: parley <command> [options]',
  '',
  'Commands:',
  ...[...commands].map(([name, { summary }]) => `  ${name.padEnd(10)}  ${summary}`),
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

void runOrReport(process.argv.slice(2)).then((code) => {
  // A server that failed half-way up may have left a timer or a socket that would keep the process.
  if (code) process.exit(code);
});
