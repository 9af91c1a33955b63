/**
 * One client's open line, a WebSocket or an SSE response, as the hub sees it. While a reading for it is under way
 * the line holds what is published, then drops what the reading had: nothing is lost between a page and what
 * follows it.
 */
import type { Role } from '../protocol/person.ts';
import type { Frame } from './frame.ts';

/** What a door does for a line. */
export interface Outlet {
  /** Writes one event. */
  write(frame: Frame): void;
  /** Gathers writes until `uncork`. */
  cork(): void;
  uncork(): void;
  /** Tells `bye` and closes with that close code. */
  end(code: number, retryMs: number): void;
}

export interface LineOwner {
  user: number;
  role: Role;
  /** The session of the token, null for a host's own token. */
  session: number | null;
}

/** Most lines view nothing and are in no room: they share this. */
export const NOTHING: Set<number> = new Set();

let last = 0;

export class Line {
  readonly id: number = ++last;
  readonly user: number;
  readonly role: Role;
  /** Changes when the client says hello again with a new token. */
  session: number | null;
  /** Hears all support conversations that its role may read. */
  inbox = false;
  /** Keys of the conversations open before the person's eyes. */
  viewing = NOTHING;
  /** Keys of the rooms it hears. */
  rooms = NOTHING;
  /** Position up to which it heard everything; null: it still hears. */
  heardTo: number | null = null;
  private readonly outlet: Outlet;
  private held: Frame[] | null = null;
  /** Rooms that it left while it is held: what is read of it meanwhile may not know it yet. */
  private left = NOTHING;

  constructor(owner: LineOwner, outlet: Outlet) {
    this.user = owner.user;
    this.role = owner.role;
    this.session = owner.session;
    this.outlet = outlet;
  }

  deliver(frame: Frame): void {
    if (this.held !== null) this.held.push(frame);
    else this.outlet.write(frame);
  }

  get isHeld(): boolean {
    return this.held !== null;
  }

  /** From here on events wait. */
  hold(): void {
    this.held ??= [];
  }

  leave(room: number): void {
    if (this.isHeld) this.left = new Set(this.left).add(room);
  }

  hasLeft(room: number): boolean {
    return this.left.has(room);
  }

  /** Writes `first`, then what waited, in order, but for what `had` says the reading brought already. */
  release(had: (frame: Frame) => boolean, first: Frame | null = null): void {
    const frames = this.held ?? [];
    this.held = null;
    this.left = NOTHING;
    if (first !== null) this.outlet.write(first);
    for (const frame of frames) if (!had(frame)) this.outlet.write(frame);
  }

  cork(): void {
    this.outlet.cork();
  }

  uncork(): void {
    this.outlet.uncork();
  }

  end(code: number, retryMs: number): void {
    this.outlet.end(code, retryMs);
  }
}
