/** What is compared with Parley and comes from the registry: installed beside this file when it is first asked for. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;

/** Throws where it cannot be had. */
export function installPeers(): void {
  if (!existsSync(join(here, 'node_modules'))) run('npm', ['ci', '--ignore-scripts']);
  // Its generator asks for an engine that it needs for other things alone, and that no registry has: any program will do.
  const engine = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
  if (!existsSync(join(here, 'generated')))
    run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], engine);
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}): void {
  const done = spawnSync(program, args, { cwd: here, env: { ...process.env, ...env }, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stdout}${done.stderr}`);
}
