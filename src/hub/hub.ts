/**
 * Who follows what in this process. The hub knows lines, users and keys, and no rule: who may hear an event is said
 * by `chat/`. Lines written to while a batch is published are corked until its end.
 */
import type { Frame } from './frame.ts';
import type { Line } from './line.ts';

const NOBODY: ReadonlySet<Line> = new Set();

export class Hub {
  private readonly lines = new Map<number, Line>();
  private readonly users = new Map<number, Set<Line>>();
  private readonly views = new Map<number, Set<Line>>();
  private readonly rooms = new Map<number, Set<Line>>();
  private readonly inboxes = new Set<Line>();
  private corked: Set<Line> | null = null;
  /** Position up to which everything was published to the lines. */
  position = 0;

  add(line: Line): void {
    this.lines.set(line.id, line);
    join(this.users, line.user, line);
  }

  /** Forgets a line and all that it followed. */
  remove(line: Line): void {
    this.lines.delete(line.id);
    part(this.users, line.user, line);
    for (const conversation of line.viewing) part(this.views, conversation, line);
    for (const room of line.rooms) part(this.rooms, room, line);
    line.viewing.clear();
    line.rooms.clear();
    this.inboxes.delete(line);
  }

  line(id: number): Line | undefined {
    return this.lines.get(id);
  }

  get size(): number {
    return this.lines.size;
  }

  all(): Iterable<Line> {
    return this.lines.values();
  }

  ofUser(user: number): ReadonlySet<Line> {
    return this.users.get(user) ?? NOBODY;
  }

  viewersOf(conversation: number): ReadonlySet<Line> {
    return this.views.get(conversation) ?? NOBODY;
  }

  inRoom(conversation: number): ReadonlySet<Line> {
    return this.rooms.get(conversation) ?? NOBODY;
  }

  watchers(): ReadonlySet<Line> {
    return this.inboxes;
  }

  view(line: Line, conversation: number, viewing: boolean): void {
    if (viewing) {
      line.viewing.add(conversation);
      join(this.views, conversation, line);
    } else {
      line.viewing.delete(conversation);
      part(this.views, conversation, line);
    }
  }

  watch(line: Line, on: boolean): void {
    line.inbox = on;
    if (on) this.inboxes.add(line);
    else this.inboxes.delete(line);
  }

  enterRoom(line: Line, conversation: number): void {
    line.rooms.add(conversation);
    join(this.rooms, conversation, line);
  }

  leaveRoom(line: Line, conversation: number): void {
    line.rooms.delete(conversation);
    part(this.rooms, conversation, line);
  }

  deliver(line: Line, frame: Frame): void {
    if (!this.lines.has(line.id)) return;
    this.cork(line);
    line.deliver(frame);
  }

  /** Gathers what is written to `line` until the end of the batch, if one is being published. */
  cork(line: Line): void {
    if (this.corked === null || this.corked.has(line)) return;
    this.corked.add(line);
    line.cork();
  }

  /** Runs `publish` with every line that it writes to corked once. */
  batch(publish: () => void): void {
    this.corked = new Set();
    try {
      publish();
    } finally {
      const corked = this.corked;
      this.corked = null;
      for (const line of corked) line.uncork();
    }
  }
}

function join(map: Map<number, Set<Line>>, key: number, line: Line): void {
  const lines = map.get(key);
  if (lines === undefined) map.set(key, new Set([line]));
  else lines.add(line);
}

function part(map: Map<number, Set<Line>>, key: number, line: Line): void {
  const lines = map.get(key);
  if (lines === undefined) return;
  lines.delete(line);
  if (lines.size === 0) map.delete(key);
}
