/** A copy of the project in which one file at a time is made wrong. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../coverage/parsed.ts';

/** What no test reads, or what is only linked to. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', 'coverage', 'data', '.tap']);

export class Tree {
  readonly folder: string;
  private readonly temporary: string;

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'parley-mutants-')));
    this.temporary = join(this.folder, 'tmp');
    for (const name of readdirSync(root)) {
      if (!LEFT_OUT.has(name)) cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(realpathSync(join(root, 'node_modules')), join(this.folder, 'node_modules'));
    process.on('exit', () => this.remove());
  }

  /**
   * The environment of a test: what it leaves behind goes with `clean`, what it compiles is kept for the next, and its
   * first failure is its end.
   */
  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      TMPDIR: this.temporary,
      NODE_COMPILE_CACHE: join(this.folder, 'dist', 'compiled'),
      TAP_BAIL: '1',
    };
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** An empty folder for temporary files. */
  clean(): void {
    rmSync(this.temporary, { recursive: true, force: true });
    mkdirSync(this.temporary);
  }

  private remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
