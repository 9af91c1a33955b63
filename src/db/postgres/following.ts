/**
 * Has every server publish every batch once, in the order of all: its own when they are committed, and others' as they stand
 * in `publications`. Each of those names the one before it, and is published when that one was. They are read behind the
 * lock, so before an own batch; when others tell that one is there; and each second, in case nobody was heard. Where one is
 * missing (it was swept, or PostgreSQL crashed and emptied the table), whoever listens here is to read anew.
 */
import type { PostgresBus } from './bus.ts';
import { FORGET_BATCHES } from './last-batches.ts';
import { lineLost } from './listening.ts';
import { BATCHES_CHANNEL, type ForeignRow, NEWEST, SWEEP } from './publications.ts';

export interface FollowingOptions<P> {
  bus: PostgresBus;
  /** Publishes what another server wrote. */
  publish: (publications: P[], position: number) => void;
  /** What was written up to there never came. */
  lost: (position: number) => void;
  /** Whether a batch of the own is under way: it reads by itself, and may be committed and not published yet. */
  isWriting: () => boolean;
  onError: (error: unknown) => void;
}

const POLL_MS = 1_000;
const POLLS_A_SWEEP = 20;

export class Following<P> {
  /** Position of the newest batch that was published here. */
  known: number;
  private reading: Promise<void> | null = null;
  /** Whether there may be more than was read. */
  private again = false;
  private polls = 0;
  private closed = false;
  private readonly timer: NodeJS.Timeout;
  private readonly options: FollowingOptions<P>;

  constructor(options: FollowingOptions<P>) {
    const { bus } = options;
    this.options = options;
    this.known = bus.began.position;
    bus.on(BATCHES_CHANNEL, (payload) => {
      if (Number(payload.slice(payload.indexOf(' '))) > this.known) this.look();
    });
    this.timer = setInterval(() => this.poll(), POLL_MS);
  }

  /**
   * What is read behind the lock is all that there is up to `newest`. Throws where some of it is missing and others are not
   * heard yet: more would be missing with each batch, and whoever listens here be sent away each time.
   */
  caughtUp(rows: readonly ForeignRow[], newest: number): void {
    this.publish(rows);
    if (this.known === newest) return;
    if (!this.options.bus.isHeard) throw lineLost();
    this.jump(newest);
  }

  /** No batch of the own is under way any more. */
  idle(): void {
    if (this.again) this.look();
  }

  private look(): void {
    const { bus, isWriting, onError } = this.options;
    this.again = this.reading !== null || isWriting();
    if (this.again || this.closed || !bus.connection.isThere) return;
    this.reading = this.read()
      .catch(onError)
      .finally(() => {
        this.reading = null;
        this.idle();
      });
  }

  private async read(): Promise<void> {
    const { bus, isWriting } = this.options;
    const rows = await bus.connection.query<ForeignRow & { newest: number }>(NEWEST, [this.known, bus.id]);
    this.publish(rows);
    const newest = rows[0]?.newest ?? this.known;
    if (this.known >= newest) return;
    // A batch of the own may stand between.
    if (isWriting()) this.again = true;
    else this.jump(newest);
  }

  private publish(rows: readonly ForeignRow[]): void {
    for (const { position, previous, body } of rows) {
      if (position === null || previous !== this.known) continue;
      this.known = position;
      try {
        this.options.publish(JSON.parse(body), position);
      } catch (error) {
        this.options.onError(error);
      }
    }
  }

  private jump(newest: number): void {
    this.known = newest;
    this.options.lost(newest);
  }

  private poll(): void {
    const { bus, onError } = this.options;
    this.look();
    this.polls += 1;
    if (this.polls % POLLS_A_SWEEP !== 0 || !bus.connection.isThere) return;
    for (const sweep of [SWEEP, FORGET_BATCHES]) bus.connection.query(sweep).catch(onError);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.closed = true;
    await this.reading;
  }
}
