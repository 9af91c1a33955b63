/**
 * What the other servers have of something, by a key. Each tells what changes of its own, and all of it to who came; of a
 * server that went nothing is left. Nothing is told where there is no other.
 */
import type { Bus } from '../../db/bus.ts';
import { Recent } from './recent.ts';

export interface ElsewhereParts<V> {
  bus: Bus;
  /** What it is, in a word that nothing else on the bus has. */
  subject: string;
  /** What this server has. */
  own: () => Iterable<[number, V]>;
  /** Called with each key that is heard of: `take` puts `now` in the place of `former`; undefined: nothing. */
  change: (key: number, take: () => void, former: V | undefined, now: V | undefined) => void;
}

interface Said<V> {
  /** Whether there is nothing else of this server. */
  whole: boolean;
  entries: [key: number, value: V | null][];
}

const NOTHING: readonly never[] = [];
/** Of servers that went, and did not come again: what was still under way of them is not taken. */
const GONE_KEPT = 100;

export class Elsewhere<V> {
  private readonly servers = new Map<string, Map<number, V>>();
  private readonly gone = new Recent<string, true>(GONE_KEPT);
  private readonly parts: ElsewhereParts<V>;

  constructor(parts: ElsewhereParts<V>) {
    this.parts = parts;
  }

  /** Hears the others from here on; what they have said by now at once. */
  begin(): void {
    const { bus, subject, own } = this.parts;
    bus.hear(subject, (said, server) => this.hear(said as Said<V>, server));
    bus.watch((came, went) => {
      for (const server of went) {
        this.gone.set(server, true);
        this.take(server, { whole: true, entries: [] });
      }
      for (const server of came) this.gone.delete(server);
      if (came.length > 0) bus.tell(subject, { whole: true, entries: [...own()] } satisfies Said<V>);
    });
  }

  /** Tells what this server has of `key` now; null: nothing any more. */
  tell(key: number, value: V | null): void {
    const { bus, subject } = this.parts;
    if (bus.others.size > 0) bus.tell(subject, { whole: false, entries: [[key, value]] } satisfies Said<V>);
  }

  /** What each of the others has of `key` that has something. */
  of(key: number): readonly V[] {
    if (this.servers.size === 0) return NOTHING;
    return [...this.servers.values()].flatMap((values) => values.get(key) ?? []);
  }

  /** Everything that the others have. */
  *all(): Iterable<[number, V]> {
    for (const values of this.servers.values()) yield* values;
  }

  private hear(said: Said<V>, server: string): void {
    if (this.gone.get(server) === undefined) this.take(server, said);
  }

  private take(server: string, { whole, entries }: Said<V>): void {
    const values = this.servers.get(server) ?? new Map<number, V>();
    if (whole) {
      const still = new Set(entries.map(([key]) => key));
      for (const key of [...values.keys()]) if (!still.has(key)) this.put(server, values, key, undefined);
    }
    for (const [key, value] of entries) this.put(server, values, key, value ?? undefined);
  }

  private put(server: string, values: Map<number, V>, key: number, now: V | undefined): void {
    const take = () => {
      if (now === undefined) values.delete(key);
      else values.set(key, now);
      if (values.size === 0) this.servers.delete(server);
      else this.servers.set(server, values);
    };
    this.parts.change(key, take, values.get(key), now);
  }
}
