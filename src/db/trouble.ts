/** What the storage suffers from as far as the writer knows, told as it begins and ends, and tried for its end. */
import { Refusal } from '../protocol/refusal.ts';
import type { StorageTrouble } from './storage-trouble.ts';

const PROBE_MS = 2_000;

export class Trouble {
  private current: StorageTrouble | null = null;
  private probe: NodeJS.Timeout | null = null;
  private readonly tell: (reason: string | null) => void;
  private readonly tryWriting: () => void;

  /**
   * @param tell told why nothing can be written, and `null` when it is over
   * @param tryWriting called every two seconds meanwhile: readiness must come back even when nobody sends
   */
  constructor(tell: (reason: string | null) => void, tryWriting: () => void) {
    this.tell = tell;
    this.tryWriting = tryWriting;
  }

  get isThere(): boolean {
    return this.current !== null;
  }

  /** A damaged file would take writes elsewhere: none is tried, they would be lost with it. */
  get isDamage(): boolean {
    return this.current?.kind === 'damaged';
  }

  begin(trouble: StorageTrouble): void {
    const told = this.current?.reason === trouble.reason;
    this.current = trouble;
    if (!this.isDamage) this.probe ??= setInterval(this.tryWriting, PROBE_MS).unref();
    if (!told) this.tell(trouble.reason);
  }

  end(): void {
    if (this.current === null) return;
    this.stop();
    this.current = null;
    this.tell(null);
  }

  /** Tries no more. */
  stop(): void {
    if (this.probe !== null) clearInterval(this.probe);
    this.probe = null;
  }
}

/** What they are told whose change meets a storage in trouble. */
export function cannotStore({ kind }: Pick<StorageTrouble, 'kind'>): Refusal {
  const message = kind === 'full' ? {} : { message: 'The server cannot store anything at the moment.' };
  return new Refusal('STORAGE_FULL', { retryMs: PROBE_MS, ...message });
}
