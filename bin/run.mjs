#!/usr/bin/env node
// Runs a command with the pinned Node.js: `node bin/run.mjs node src/main.ts serve`, `node bin/run.mjs tsc --noEmit`.
//
// The runtime is a package of this project (optionalDependencies: one per platform, npm installs the one that fits), so
// that `npm ci && npm start` works whatever Node.js the machine has. Npm 10 links no `.bin/node` when several packages
// name that bin, hence this launcher. It is plain JavaScript and must run on an old Node.js: the one that starts npm.
//
// Npm does not pass SIGTERM on to its scripts. Whatever stops Parley by a signal (tests, systemd, a container) therefore
// starts this launcher or the runtime itself, never `npm start`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder that holds the pinned runtime's binary; undefined when no package for this platform is installed. */
function runtimeFolder() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  for (const name of [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]) {
    try {
      return join(dirname(require.resolve(`${name}/package.json`)), 'bin');
    } catch {
      // Not this platform's package, or not installed: the next name.
    }
  }
  return undefined;
}

/** Ends with a message about something that the caller can mend. */
function refuse(message) {
  console.error(`parley: ${message}`);
  process.exit(1);
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined) refuse('bin/run.mjs needs a command, for example: node bin/run.mjs node src/main.ts serve');

const runtime = runtimeFolder();
if (runtime === undefined && Number(process.versions.node.split('.')[0]) < 26) {
  refuse(
    `no Node.js 26 for ${process.platform}-${process.arch}: run \`npm ci\` (without --omit=optional), ` +
      `or start with a Node.js 26 of your own (this one is ${process.version})`,
  );
}

// The runtime comes first, then the project's tools, so that `tsc`, `tap` and `biome` are found outside of npm too and
// the scripts among them (`#!/usr/bin/env node`) run on the pinned runtime. Windows may spell the name `Path`.
const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
const path = [runtime, join(root, 'node_modules', '.bin'), process.env[pathName]].filter(Boolean).join(delimiter);

// `node` by its full path: on Windows a child is looked for with the parent's PATH, not with the one given here.
const node = runtime ? join(runtime, process.platform === 'win32' ? 'node.exe' : 'node') : process.execPath;
const child = spawn(command === 'node' ? node : command, args, {
  stdio: 'inherit',
  env: { ...process.env, [pathName]: path },
  // The tools are `.cmd` files on Windows, which only a shell can start.
  shell: process.platform === 'win32' && command !== 'node',
});

// At a terminal Ctrl+C and a hang-up reach the child by themselves, and a second signal would cut its orderly end short:
// there they only must not end this process before the child. Everything else is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  const byTerminal = signal !== 'SIGTERM' && process.stdin.isTTY === true;
  process.on(signal, () => byTerminal || child.kill(signal));
}

child.on('error', (error) => refuse(`${command} could not be started: ${error.message}`));
child.on('exit', (code, signal) => {
  // A child that died of a signal has no exit code: the shell's convention, 128 + the signal's number.
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
