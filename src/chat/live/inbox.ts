/**
 * The numbers over the team's inbox, for the lines that watch it: at most once a second, and the last ones always
 * come.
 */
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import type { Counts } from '../../protocol/counts.ts';
import { COUNTS_EVERY_MS } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import type { UserCaller } from '../caller.ts';

export interface InboxOptions {
  hub: Hub;
  counts: (caller: UserCaller) => Promise<Counts>;
  onError: (error: unknown) => void;
}

interface Watcher {
  caller: UserCaller;
  /** What it was told last. */
  told: string;
}

export type Inbox = ReturnType<typeof createInbox>;

export function createInbox({ hub, counts, onError }: InboxOptions) {
  const watchers = new Map<Line, Watcher>();
  let timer: NodeJS.Timeout | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;

  async function tell(): Promise<void> {
    timer = null;
    toldAt = performance.now();
    const byUser = new Map<number, Counts>();
    for (const [line, watcher] of [...watchers]) {
      const { caller } = watcher;
      const numbers = byUser.get(caller.id) ?? (await counts(caller));
      byUser.set(caller.id, numbers);
      const text = JSON.stringify(numbers);
      if (text === watcher.told || !watchers.has(line)) continue;
      watcher.told = text;
      hub.deliver(line, new Frame({ type: 'inbox.counts', ...numbers }));
    }
  }

  return {
    /** Who may watch: people of the team. Throws `FORBIDDEN`. */
    check(caller: UserCaller): void {
      if (!isPersonOfTeam(caller.role)) throw new Refusal('FORBIDDEN', { message: 'Only the team has an inbox.' });
    },

    /** From here on the line watches, and has been told no numbers yet: the next `touch` tells them. */
    begin(caller: UserCaller, line: Line): void {
      this.check(caller);
      hub.watch(line, true);
      watchers.set(line, { caller, told: '' });
    },

    /** Gives the numbers as they are now, which is being told. */
    async watch(caller: UserCaller, line: Line, on: boolean): Promise<Counts> {
      this.check(caller);
      hub.watch(line, on);
      const numbers = await counts(caller);
      if (on && hub.has(line)) watchers.set(line, { caller, told: JSON.stringify(numbers) });
      else watchers.delete(line);
      return numbers;
    },

    unwatch(line: Line): void {
      watchers.delete(line);
    },

    /** Something of a support conversation has changed, and the numbers perhaps with it. */
    touch(): void {
      if (timer !== null || watchers.size === 0) return;
      const wait = Math.max(0, toldAt + COUNTS_EVERY_MS - performance.now());
      timer = setTimeout(() => void tell().catch(onError), wait).unref();
    },

    stop(): void {
      if (timer !== null) clearTimeout(timer);
      watchers.clear();
    },
  };
}
