/**
 * A disk as it could be found after a power cut: what was synced is there; of what was only written since, everything
 * may be there, nothing, any part, or sectors of it.
 */
import type { Call } from './trace.ts';

const SECTOR_BYTES = 512;

/** What the power cut does to writes that were not synced. */
export type Fate = 'lost' | 'kept' | 'torn';

type Change = Extract<Call, { call: 'write' | 'truncate' | 'remove' }>;

interface File {
  durable: Content;
  pending: Change[];
}

export class Disk {
  private readonly files = new Map<string, File>();

  /** Takes in what the process did. */
  take(call: Change | Extract<Call, { call: 'sync' }>): void {
    const file = this.file(call.path);
    if (call.call === 'sync') {
      for (const change of file.pending) file.durable.change(change);
      file.pending = [];
    } else file.pending.push(call);
  }

  /** Whether a power cut now has but one outcome for these files. */
  isSettled(paths: readonly string[]): boolean {
    return paths.every((path) => this.file(path).pending.length === 0);
  }

  /** What is found of a file; null when there is none. `chance` gives numbers from 0 to 1. */
  after(path: string, fate: Fate, chance: () => number): Buffer | null {
    const { durable, pending } = this.file(path);
    if (fate === 'lost' || pending.length === 0) return durable.found();
    const content = new Content(durable.found());
    for (const change of pending) {
      const arrived = fate === 'kept' ? change : torn(change, chance);
      if (arrived !== null) content.change(arrived);
    }
    return content.found();
  }

  private file(path: string): File {
    let file = this.files.get(path);
    if (file === undefined) {
      file = { durable: new Content(null), pending: [] };
      this.files.set(path, file);
    }
    return file;
  }
}

/** The bytes of a file that grows, or that is not there. */
class Content {
  private bytes: Buffer;
  private size: number;
  private exists: boolean;

  constructor(found: Buffer | null) {
    this.bytes = Buffer.from(found ?? []);
    this.size = this.bytes.length;
    this.exists = found !== null;
  }

  found(): Buffer | null {
    return this.exists ? this.bytes.subarray(0, this.size) : null;
  }

  change(change: Change): void {
    this.exists = change.call !== 'remove';
    if (change.call === 'write') {
      this.resize(Math.max(this.size, change.offset + change.data.length));
      change.data.copy(this.bytes, change.offset);
    } else this.resize(change.call === 'truncate' ? change.size : 0);
  }

  private resize(size: number): void {
    if (size > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(size)]);
    // What is cut off is gone: a file that grows again has zeros there.
    this.bytes.fill(0, Math.min(size, this.size), Math.max(size, this.size));
    this.size = size;
  }
}

/** Half of the changes do not arrive; of the writes that do, some only up to a sector. */
function torn(change: Change, chance: () => number): Change | null {
  if (chance() < 0.5) return null;
  if (change.call !== 'write' || chance() < 0.7) return change;
  const sectors = Math.floor((chance() * change.data.length) / SECTOR_BYTES);
  return { ...change, data: change.data.subarray(0, sectors * SECTOR_BYTES) };
}
