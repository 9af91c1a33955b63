/** What every part of the benchmark works with: its size, folders of its own, and the process that loads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from './process/child.ts';
import { type ParleyOptions, type Server, startLoad, startParley } from './servers/start.ts';
import type { Size } from './size.ts';
import type { Section } from './table.ts';

export interface BenchOptions {
  size: Size;
  /** Where the data folders are made: the disk that is measured. */
  disk: string;
  /** Where profiles of Parley are written; null: none are. */
  profiles: string | null;
  log: (text: string) => void;
}

/** A part of the benchmark. */
export type Part = (bench: Bench) => Promise<Section>;

export class Bench {
  readonly size: Size;
  readonly log: (text: string) => void;
  readonly load: Child;
  private readonly disk: string;
  private readonly profiles: string | null;
  private readonly folders: string[] = [];

  constructor({ size, disk, profiles, log }: BenchOptions) {
    this.size = size;
    this.disk = disk;
    this.profiles = profiles;
    this.log = log;
    this.load = startLoad();
    process.on('exit', () => this.clean());
  }

  /** A new folder on the disk that is measured; it goes at the end. */
  folder(): string {
    const folder = mkdtempSync(join(this.disk, 'parley-bench-'));
    this.folders.push(folder);
    return folder;
  }

  startParley(options: ParleyOptions): Promise<Server> {
    if (this.profiles === null) return startParley(options);
    return startParley({ ...options, node: ['--cpu-prof', '--cpu-prof-dir', this.profiles, ...(options.node ?? [])] });
  }

  /** How long a load runs, in ms. */
  get span(): { warmMs: number; ms: number } {
    return { warmMs: this.size.warmSeconds * 1000, ms: this.size.seconds * 1000 };
  }

  /** Runs `measure` as often as there are rounds. */
  async rounds(measure: (round: number) => Promise<void>): Promise<void> {
    for (let round = 1; round <= this.size.rounds; round += 1) {
      this.log(`  round ${round} of ${this.size.rounds}`);
      await measure(round);
    }
  }

  /** Deletes what was made. */
  clean(): void {
    for (const folder of this.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  async end(): Promise<void> {
    await this.load.stop();
    this.clean();
  }
}
