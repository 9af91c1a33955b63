/**
 * Tells one webhook what happens: at least once, the events of a conversation in their order, several conversations at
 * a time. What fails is tried again for a day, by itself while others arrive; when nothing arrives any more, one
 * attempt at a time finds out when it does again. Whatever it does, nobody else waits for it.
 */
import { attempted, newDelivery } from '../../chat/outbox/delivery.ts';
import type { Outbox, Stored, Told } from '../../chat/outbox/outbox.ts';
import type { Outcome } from '../../chat/outbox/outside.ts';
import { pauseAfter } from '../back-off.ts';
import { happeningOf, type Item, type Lane, Lanes } from './lanes.ts';
import type { Poster } from './post.ts';
import { Progress } from './progress.ts';

type Entry = Awaited<ReturnType<Outbox['webhooks']>>[number];
type Delivery = ReturnType<typeof newDelivery>;

export interface QueueParts {
  outbox: Outbox;
  post: Poster;
  /** The pause after the first failure, and for how long an event is tried again, ms. */
  retryMs: number;
  retryForMs: number;
  now: () => number;
  random: () => number;
  onError: (error: unknown) => void;
}

/** Events under way to one webhook. */
const AT_ONCE = 32;
/** Events read ahead, and rows in one reading. */
const AHEAD = 512;
const PAGE = 256;
const PAGES_A_TURN = 4;
/** So many failures in a row, and it is the webhook that is down, not an event that it does not like. */
const DOWN_AFTER = 8;
/** `setTimeout` takes no longer ones. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class WebhookQueue {
  webhook: Entry['webhook'];
  private okAt: number | null;
  private readonly parts: QueueParts;
  private readonly progress: Progress;
  private readonly lanes: Lanes;
  /** Events behind the place that are stored already. */
  private readonly known: Set<number>;
  private readTo: number;
  private more = true;
  private running = 0;
  private failures = 0;
  private ended = false;
  private scheduled = false;
  private pumped: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private readonly ending = new AbortController();
  private idle: (() => void)[] = [];
  private readonly given = Promise.withResolvers<void>();
  /** Resolves when it has given up: it tells nothing any more before an admin has it begin anew. */
  readonly over = this.given.promise;

  /** Begins to tell a webhook, from where it ended. */
  static async begin(entry: Entry, parts: QueueParts): Promise<WebhookQueue> {
    return new WebhookQueue(entry, await parts.outbox.stored(entry.webhook.id, entry.place), parts);
  }

  private constructor({ webhook, place, okAt }: Entry, stored: Stored, parts: QueueParts) {
    const { outbox, now, onError } = parts;
    this.webhook = webhook;
    this.okAt = okAt;
    this.parts = parts;
    this.readTo = place;
    this.progress = new Progress({ outbox, webhook: webhook.id, place, onError });
    this.lanes = new Lanes(webhook.id, this.progress);
    this.known = new Set(stored.behind);
    for (const waiting of stored.waiting) this.lanes.restore(waiting, now());
    this.schedule();
  }

  private get down(): boolean {
    return this.failures >= DOWN_AFTER && this.lanes.failing;
  }

  /** There may be more to tell. */
  wake(): void {
    this.more = true;
    this.schedule();
  }

  /** In a turn of its own: many wake it, and it begins once, after what it does already. */
  private schedule(): void {
    if (this.scheduled || this.ended) return;
    this.scheduled = true;
    setImmediate(() => {
      this.pumped = this.pumped.then(() => this.pump());
    });
  }

  private async pump(): Promise<void> {
    this.scheduled = false;
    if (this.ended) return;
    try {
      this.arm(this.lanes.wake(this.parts.now()));
      if (!this.down) await this.read();
      if (!this.ended) await this.begin(this.nextLanes((this.down ? 1 : AT_ONCE) - this.running));
    } catch (error) {
      this.parts.onError(error);
    }
  }

  private nextLanes(room: number): Lane[] {
    const lanes: Lane[] = [];
    while (lanes.length < room) {
      const lane = this.lanes.next(!this.down);
      if (lane === undefined) break;
      lanes.push(lane);
    }
    return lanes;
  }

  /** For those that sleep: the timer is set anew each time, and there is one. */
  private arm(dueAt: number | null): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (dueAt === null) return;
    const pause = Math.min(Math.max(dueAt - this.parts.now(), 1), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => this.schedule(), pause).unref();
  }

  private async read(): Promise<void> {
    const { outbox, now } = this.parts;
    for (let pages = 0; this.more && this.progress.pending < AHEAD; pages += 1) {
      // Others have their turn between: much may have happened that is not for this webhook.
      if (pages === PAGES_A_TURN) {
        this.schedule();
        return;
      }
      // Who wakes it meanwhile has it read once more.
      this.more = false;
      const { events, next, more } = await outbox.after(this.readTo, PAGE);
      if (this.ended) return;
      for (const event of events) {
        const wanted = this.webhook.kinds.includes(event.kind) && this.webhook.events.includes(event.type);
        if (wanted && !this.known.delete(event.id)) this.lanes.add(event, now());
      }
      this.more ||= more;
      if (next === this.readTo) return;
      this.readTo = next;
      this.progress.read(next);
    }
  }

  /**
   * Tells the first of each: what they are told is read for all of them together, and sent at once.
   *
   * @returns when they are read; `told` resolves when each was told
   */
  private async begin(lanes: readonly Lane[]): Promise<{ told: Promise<unknown> }> {
    const { outbox } = this.parts;
    const first = lanes.flatMap((lane) => lane.items.slice(0, 1).map((item) => ({ lane, item })));
    if (first.length === 0) return { told: Promise.resolve() };
    this.running += first.length;
    const bodies = await outbox.tell(first.map(({ item }) => happeningOf(item)));
    const secrets = outbox.secretsOf(this.webhook);
    const telling = first.map(({ lane, item }, place) =>
      this.tell(lane, item, bodies[place] ?? { body: null }, secrets),
    );
    return { told: Promise.all(telling) };
  }

  private async tell(lane: Lane, item: Item, told: Told, secrets: readonly string[]): Promise<void> {
    try {
      if ('fault' in told) throw told.fault;
      // Nothing of it is left to tell.
      if (told.body === null) this.passed(lane, item, null);
      else await this.send(lane, item, told.body, secrets);
    } catch (error) {
      this.parts.onError(error);
      // A fault of ours: tried again like one of theirs.
      this.failed(lane, item, { ok: false, gone: false, status: null, latencyMs: 0, response: '' });
    } finally {
      this.running -= 1;
      if (this.running === 0) for (const done of this.idle.splice(0)) done();
      this.schedule();
    }
  }

  private async send(lane: Lane, item: Item, body: string, secrets: readonly string[]): Promise<void> {
    const { url } = this.webhook;
    const outcome = await this.parts.post({ url, secrets, id: happeningOf(item).uuid, body }, this.ending.signal);
    if (this.ending.signal.aborted) return;
    if (outcome.ok) this.passed(lane, item, outcome);
    else this.failed(lane, item, outcome);
  }

  private rowOf(item: Item): Delivery {
    const happening = happeningOf(item);
    if (!('kind' in happening)) return happening;
    const { kind: _, ...event } = happening;
    return newDelivery(this.webhook.id, event, this.parts.now());
  }

  private passed(lane: Lane, item: Item, outcome: Outcome | null): void {
    const now = this.parts.now();
    const told = outcome ?? { ok: true, gone: false, status: null, latencyMs: 0, response: 'nothing of it is left' };
    const row = attempted(this.rowOf(item), told, now, null);
    if (item.stored !== null) this.progress.save(row);
    else if (outcome === null) this.progress.end(item.event);
    else this.progress.arrived(row);
    if (outcome !== null) {
      this.okAt = now;
      // It answers again: nobody sleeps any longer.
      if (this.down) this.lanes.wakeAll();
      this.failures = 0;
    }
    this.lanes.advance(lane);
  }

  private failed(lane: Lane, item: Item, outcome: Outcome): void {
    const { now, random, retryMs, retryForMs } = this.parts;
    const at = now();
    const row = this.rowOf(item);
    const dueAt = at + pauseAfter(row.attempts + 1, retryMs, random);
    const next = attempted(row, outcome, at, dueAt);
    this.failures += 1;
    const over = at - next.firstAt >= retryForMs;
    if (outcome.gone || (over && (this.okAt === null || this.okAt < next.firstAt))) {
      this.lanes.sleep(lane, next, at, dueAt);
      this.giveUp();
    } else if (over) {
      // It arrives nowhere, while others do: the next in its conversation goes on without it.
      this.progress.save({ ...next, state: 'failed', nextAt: null });
      this.lanes.advance(lane);
    } else this.lanes.sleep(lane, next, at, dueAt);
  }

  /** Nothing arrived for so long: it is told nothing any more until an admin says so. */
  private giveUp(): void {
    for (const row of this.lanes.stored()) this.progress.save({ ...row, state: 'failed', nextAt: null });
    this.progress.abandon();
    this.ended = true;
    this.given.resolve();
  }

  /** Tries a delivery that waits now, if it is the next of its conversation; whether it did. */
  async hurry(event: number): Promise<boolean> {
    const lane = this.ended ? undefined : this.lanes.sleepingWith(event);
    if (lane === undefined) return false;
    this.lanes.take(lane);
    const { told } = await this.begin([lane]);
    await told;
    await this.progress.now();
    return true;
  }

  /** A delivery that waits here was told by another server: what comes after it follows. */
  delivered(event: number): void {
    const lane = this.ended ? undefined : this.lanes.sleepingWith(event);
    if (lane === undefined) return;
    this.lanes.take(lane);
    this.lanes.advance(lane);
    this.schedule();
  }

  /** Begins nothing any more and writes nothing down: another server may be telling it by now. */
  lose(): Promise<void> {
    this.progress.drop();
    return this.stop();
  }

  /**
   * Begins nothing any more, and writes down how far it is.
   *
   * @param patienceMs how long what is under way may take; what it leaves is told again later
   */
  async stop(patienceMs = 0): Promise<void> {
    this.ended = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.pumped;
    if (this.running > 0) {
      const late = setTimeout(() => this.ending.abort(), patienceMs);
      await new Promise<void>((resolve) => this.idle.push(resolve));
      clearTimeout(late);
    }
    await this.progress.finish();
  }
}
