/**
 * The long poll: a line that hears everything its user may read and answers at the first thing that a reading would
 * bring. Followed first and read then, so that nothing falls between the two.
 */
import type { Frame } from '../../hub/frame.ts';
import type { Outlet } from '../../hub/line.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import type { EventType } from '../../protocol/events.ts';
import { Refusal } from '../../protocol/refusal.ts';

/** What no reading brings: it may be lost, and nobody is woken for it. */
const PASSING = new Set<EventType>(['message.delta', 'typing', 'viewer', 'presence', 'inbox.counts', 'bye']);

/** Hears, and writes nowhere: it only wakes. */
export class Ear implements Outlet {
  private wake: () => void = () => {};
  private fail: (error: Error) => void = () => {};
  /** Resolves at the first change or when the line ends; rejects when its user may not ask any more. */
  readonly changed: Promise<void>;
  /** Whether the server ended the line. */
  ended = false;

  constructor() {
    this.changed = new Promise((resolve, reject) => {
      this.wake = resolve;
      this.fail = reject;
    });
    // It may end before anybody waits.
    this.changed.catch(() => {});
  }

  write({ event }: Frame): void {
    if (!PASSING.has(event.type)) this.wake();
  }

  cork(): void {}
  uncork(): void {}

  end(code: number): void {
    this.ended = true;
    if (code === closeCodes.SIGNED_OUT) this.fail(new Refusal('UNAUTHENTICATED'));
    else this.wake();
  }
}

/**
 * Waits until `changed`, until `ms` are over, or until nobody waits for the answer any more.
 */
export async function patience(changed: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let stop = () => {};
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms).unref();
    signal?.addEventListener('abort', () => resolve(), { once: true });
    stop = () => clearTimeout(timer);
  });
  try {
    await Promise.race([changed, over]);
  } finally {
    stop();
  }
}
