/**
 * How far the telling of one webhook is, on its way into the store: the place, and the rows of what failed, always
 * together. What is not stored yet when the process dies is told again.
 */
import type { newDelivery } from '../../chat/outbox/delivery.ts';
import type { Outbox } from '../../chat/outbox/outbox.ts';

type Delivery = ReturnType<typeof newDelivery>;

const FLUSH_MS = 100;
const AGAIN_MS = 1_000;
/** Rows in one change. */
const MAX_ROWS = 500;
/** Of what arrived between two writings, the newest so many are kept to be listed. */
const DONE_KEPT = 20;

export interface ProgressParts {
  outbox: Pick<Outbox, 'progress'>;
  webhook: number;
  place: number;
  onError: (error: unknown) => void;
}

type Batch = Omit<Parameters<Outbox['progress']>[0], 'webhook' | 'remove'>;

export class Progress {
  private readonly parts: ProgressParts;
  /** Events that were read and are neither told nor stored, ascending. */
  private readonly open = new Set<number>();
  private readTo: number;
  private written: number;
  private okAt: number | null = null;
  private giveUp = false;
  private done: Delivery[] = [];
  private readonly inserts = new Map<number, Delivery>();
  private readonly saves = new Map<number, Delivery>();
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> | null = null;
  private finished = false;
  private dropped = false;

  constructor(parts: ProgressParts) {
    this.parts = parts;
    this.readTo = parts.place;
    this.written = parts.place;
  }

  /** How many events are neither told nor stored. */
  get pending(): number {
    return this.open.size;
  }

  /** Everything up to there was read. */
  read(place: number): void {
    this.readTo = place;
    this.soon();
  }

  begin(event: number): void {
    this.open.add(event);
  }

  /** It was told at the first attempt. */
  arrived(delivery: Delivery): void {
    this.end(delivery.event);
    this.done.push(delivery);
    if (this.done.length > 2 * DONE_KEPT) this.done = this.done.slice(-DONE_KEPT);
    this.okAt = delivery.at;
  }

  /** It was told, or nothing of it is left to tell. */
  end(event: number): void {
    this.open.delete(event);
    this.soon();
  }

  insert(delivery: Delivery): void {
    this.inserts.set(delivery.event, { ...delivery });
    this.end(delivery.event);
  }

  save(delivery: Delivery): void {
    if (this.inserts.has(delivery.event)) this.inserts.set(delivery.event, { ...delivery });
    else this.saves.set(delivery.event, { ...delivery });
    if (delivery.state === 'done') this.okAt = delivery.at;
    this.soon();
  }

  abandon(): void {
    this.giveUp = true;
    this.soon();
  }

  private get place(): number {
    const [first] = this.open;
    return first === undefined ? this.readTo : first - 1;
  }

  private soon(ms = FLUSH_MS): void {
    if (this.finished) return;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.write();
    }, ms).unref();
  }

  /** One writing at a time, in the order of what came to pass. */
  private write(): Promise<void> {
    this.flushing ??= this.flush().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  /** Writes what there is now: all of it but for what exceeds a change. */
  async now(): Promise<void> {
    await this.flushing;
    await this.write();
  }

  /** Writes nothing any more: it is told again by whoever goes on. */
  drop(): void {
    this.dropped = true;
  }

  /** Writes everything, and nothing later. */
  async finish(): Promise<void> {
    this.finished = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.now();
  }

  /** Writes what there is; what comes meanwhile waits for the next time, unless there will be none. */
  private async flush(): Promise<void> {
    do {
      const batch = this.dropped ? null : this.take();
      if (batch === null) return;
      try {
        await this.parts.outbox.progress({ webhook: this.parts.webhook, remove: [], ...batch });
        this.written = batch.place;
      } catch (error) {
        this.parts.onError(error);
        this.putBack(batch);
        this.soon(AGAIN_MS);
        return;
      }
    } while (this.finished);
    this.soon();
  }

  /** What is to be written next; null: nothing. The place never passes a row that is not written with it or before it. */
  private take(): Batch | null {
    const { okAt, giveUp } = this;
    const failed = [...this.inserts.values()].slice(0, MAX_ROWS);
    const save = [...this.saves.values()].slice(0, MAX_ROWS - failed.length);
    const whole = failed.length === this.inserts.size && save.length === this.saves.size;
    const insert = [...failed, ...this.done.slice(-DONE_KEPT)];
    const place = whole ? this.place : this.written;
    if (insert.length + save.length === 0 && okAt === null && !giveUp && place === this.written) return null;
    for (const { event } of failed) this.inserts.delete(event);
    for (const { event } of save) this.saves.delete(event);
    this.okAt = null;
    this.giveUp = false;
    this.done = [];
    return { place, okAt, giveUp, insert, save };
  }

  /** What came to pass meanwhile is newer. What arrived at once is only a line in a list. */
  private putBack({ okAt, giveUp, insert, save }: Batch): void {
    for (const row of insert) if (row.state !== 'done') this.inserts.set(row.event, row);
    for (const row of save) if (!this.saves.has(row.event)) this.saves.set(row.event, row);
    this.okAt ??= okAt;
    this.giveUp ||= giveUp;
  }
}
