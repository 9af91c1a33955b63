/**
 * What is still to be told to one webhook, by conversation: in the order of its events, one at a time. A conversation
 * whose first event failed sleeps until it is tried again; what comes after it waits behind it, stored as it is.
 */
import { newDelivery } from '../../chat/outbox/delivery.ts';
import type { Noted } from '../../chat/outbox/outbox.ts';
import { there } from '../../protocol/there.ts';
import type { Progress } from './progress.ts';

type Delivery = ReturnType<typeof newDelivery>;

/** An event to be told: `stored`, once it failed or waits behind one that did. */
export interface Item {
  event: number;
  fresh: Noted | null;
  stored: Delivery | null;
}

/** What happened. */
export function happeningOf({ stored, fresh }: Item): Delivery | Noted {
  const happening = there(stored ?? fresh, 'an event is neither new nor stored');
  return happening;
}

export interface Lane {
  conversation: number;
  items: Item[];
  busy: boolean;
  /** When its first item may be tried again, ms; null: now. */
  dueAt: number | null;
}

export class Lanes {
  private readonly lanes = new Map<number, Lane>();
  private readonly webhook: number;
  private readonly progress: Progress;
  private ready: Lane[] = [];
  private due: Lane[] = [];
  private readonly asleep = new Set<Lane>();
  /** When the first of them may wake, ms. */
  private soonest: number | null = null;

  constructor(webhook: number, progress: Progress) {
    this.webhook = webhook;
    this.progress = progress;
  }

  /** A new event, at the end of its conversation's. */
  add(fresh: Noted, now: number): void {
    const lane = this.laneOf(fresh.conversation);
    const item: Item = { event: fresh.id, fresh, stored: null };
    lane.items.push(item);
    const head = lane.items[0];
    if (head !== item && head?.stored) this.store(item, now, lane.dueAt ?? now);
    else {
      this.progress.begin(fresh.id);
      if (head === item) this.ready.push(lane);
    }
  }

  /** A delivery that waited when the server began; oldest first. */
  restore(stored: Delivery, now: number): void {
    const lane = this.laneOf(stored.conversation ?? 0);
    lane.items.push({ event: stored.event, fresh: null, stored });
    if (lane.items.length > 1) return;
    this.rest(lane, Math.max(stored.nextAt ?? now, now));
  }

  private rest(lane: Lane, dueAt: number): void {
    lane.dueAt = dueAt;
    this.asleep.add(lane);
    this.soonest = this.soonest === null ? dueAt : Math.min(this.soonest, dueAt);
  }

  /** Whether any conversation's first event failed. */
  get failing(): boolean {
    return (
      this.asleep.size + this.due.length > 0 ||
      [...this.lanes.values()].some(({ busy, items }) => busy && items[0]?.stored)
    );
  }

  private laneOf(conversation: number): Lane {
    let lane = this.lanes.get(conversation);
    if (lane === undefined) {
      lane = { conversation, items: [], busy: false, dueAt: null };
      this.lanes.set(conversation, lane);
    }
    return lane;
  }

  /** Keeps an item as a delivery that waits, so that the webhook's place may pass it. */
  private store(item: Item, now: number, nextAt: number): void {
    if (item.stored !== null || item.fresh === null) return;
    const { kind: _, ...event } = item.fresh;
    item.stored = { ...newDelivery(this.webhook, event, now), nextAt };
    this.progress.insert(item.stored);
  }

  /** The next conversation to tell something of; of those that never failed only when `fresh`. */
  next(fresh: boolean): Lane | undefined {
    const lane = this.due.shift() ?? (fresh ? this.ready.shift() : undefined);
    if (lane !== undefined) lane.busy = true;
    return lane;
  }

  /** Its first item is dealt with: the next one's turn is at once. */
  advance(lane: Lane): void {
    lane.busy = false;
    lane.dueAt = null;
    lane.items.shift();
    const head = lane.items[0];
    if (head === undefined) this.lanes.delete(lane.conversation);
    else (head.stored === null ? this.ready : this.due).push(lane);
  }

  /** Its first item failed: it is tried again at `dueAt`, and everything behind it waits. */
  sleep(lane: Lane, failed: Delivery, now: number, dueAt: number): void {
    lane.busy = false;
    const [head, ...behind] = lane.items;
    if (head === undefined) return;
    if (head.stored === null) this.progress.insert(failed);
    else this.progress.save(failed);
    head.stored = failed;
    for (const item of behind) this.store(item, now, dueAt);
    this.rest(lane, dueAt);
  }

  /** Lets those try again whose time has come; when the next one's comes, ms, or null. */
  wake(now: number): number | null {
    if (this.soonest === null || this.soonest > now) return this.soonest;
    this.soonest = null;
    for (const lane of [...this.asleep]) {
      this.asleep.delete(lane);
      if ((lane.dueAt ?? now) <= now) this.due.push(lane);
      else this.rest(lane, lane.dueAt ?? now);
    }
    return this.soonest;
  }

  wakeAll(): void {
    this.due.push(...this.asleep);
    this.asleep.clear();
    this.soonest = null;
  }

  /** The sleeping conversation whose first item is that event. */
  sleepingWith(event: number): Lane | undefined {
    for (const lane of this.asleep) if (lane.items[0]?.event === event) return lane;
    return undefined;
  }

  /** Begins with a lane out of its turn. */
  take(lane: Lane): void {
    this.asleep.delete(lane);
    lane.busy = true;
  }

  /** Everything that is stored and waits. */
  stored(): Delivery[] {
    return [...this.lanes.values()].flatMap(({ items }) =>
      items.flatMap(({ stored }) => (stored === null ? [] : [stored])),
    );
  }
}
