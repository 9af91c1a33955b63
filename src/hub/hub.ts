/**
 * Who follows what in this process. The hub knows lines, users and keys, and no rule: who may hear an event is said
 * by `chat/`. Lines written to while a batch is published are corked until its end; then those that asked for something
 * go first, for each write takes as long as a tenth of a commit. A line that throws is gone from there on: nobody else
 * misses anything for it.
 */
import { closeCodes } from '../protocol/close-codes.ts';
import type { Frame } from './frame.ts';
import { type Line, NOTHING } from './line.ts';

const NOBODY: ReadonlySet<Line> = new Set();
const NO_LINES: readonly Line[] = [];

export class Hub {
  private readonly lines = new Set<Line>();
  /** Nearly everybody has one line: a list of one weighs a fifth of a set. */
  private readonly users = new Map<number, readonly Line[]>();
  private readonly views = new Map<number, Set<Line>>();
  private readonly rooms = new Map<number, Set<Line>>();
  private readonly inboxes = new Set<Line>();
  /** While a batch is published: the lines that are answered, and those that only hear something. */
  private corked: { answered: Set<Line>; told: Set<Line> } | null = null;
  private readonly onError: (error: unknown) => void;
  /** Position up to which everything was published to the lines. */
  position = 0;
  /** Frames handed to lines, and sockets that were cut because they did not drain, since the start. */
  delivered = 0;
  slow = 0;

  constructor(onError: (error: unknown) => void = () => {}) {
    this.onError = onError;
  }

  /** Open lines that have said hello. */
  get size(): number {
    return this.lines.size;
  }

  /** Users who have one. */
  get people(): number {
    return this.users.size;
  }

  add(line: Line): void {
    this.lines.add(line);
    this.users.set(line.user, [...this.ofUser(line.user), line]);
  }

  /** Forgets a line and all that it followed. */
  remove(line: Line): void {
    this.lines.delete(line);
    const others = this.ofUser(line.user).filter((other) => other !== line);
    if (others.length > 0) this.users.set(line.user, others);
    else this.users.delete(line.user);
    for (const conversation of line.viewing) part(this.views, conversation, line);
    for (const room of line.rooms) part(this.rooms, room, line);
    line.viewing = NOTHING;
    line.rooms = NOTHING;
    this.inboxes.delete(line);
  }

  ofUser(user: number): readonly Line[] {
    return this.users.get(user) ?? NO_LINES;
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
      line.viewing = withKey(line.viewing, conversation);
      join(this.views, conversation, line);
    } else {
      line.viewing = without(line.viewing, conversation);
      part(this.views, conversation, line);
    }
  }

  watch(line: Line, on: boolean): void {
    line.inbox = on;
    if (on) this.inboxes.add(line);
    else this.inboxes.delete(line);
  }

  enterRoom(line: Line, conversation: number): void {
    line.rooms = withKey(line.rooms, conversation);
    join(this.rooms, conversation, line);
  }

  leaveRoom(line: Line, conversation: number): void {
    line.rooms = without(line.rooms, conversation);
    part(this.rooms, conversation, line);
  }

  deliver(line: Line, frame: Frame): void {
    if (!this.lines.has(line)) return;
    try {
      this.cork(line);
      line.deliver(frame);
      this.delivered += 1;
    } catch (error) {
      this.failed(line, error);
    }
  }

  /** Ends a line: it hears nothing more, whatever becomes of its close. */
  dismiss(line: Line, code: number): void {
    this.remove(line);
    try {
      line.end(code, 0);
    } catch (error) {
      this.onError(error);
    }
  }

  private failed(line: Line, error: unknown): void {
    this.onError(error);
    this.dismiss(line, closeCodes.SLOW);
  }

  /** Gathers what is written to `line` until the end of the batch, if one is being published. */
  private cork(line: Line): void {
    if (this.corked === null || this.corked.answered.has(line) || this.corked.told.has(line)) return;
    this.corked.told.add(line);
    line.cork();
  }

  /** The same for the answer to what `line` asked. */
  corkAnswer(line: Line): void {
    if (this.corked === null || this.corked.answered.has(line)) return;
    this.corked.answered.add(line);
    if (!this.corked.told.delete(line)) line.cork();
  }

  /** Runs `publish` with every line that it writes to corked once. */
  batch(publish: () => void): void {
    const corked = { answered: new Set<Line>(), told: new Set<Line>() };
    this.corked = corked;
    try {
      publish();
    } finally {
      this.corked = null;
      for (const line of corked.answered) this.uncork(line);
      for (const line of corked.told) this.uncork(line);
    }
  }

  private uncork(line: Line): void {
    try {
      line.uncork();
    } catch (error) {
      this.failed(line, error);
    }
  }
}

/** The set itself, but for the empty one that all lines share. */
function withKey(keys: Set<number>, key: number): Set<number> {
  return keys === NOTHING ? new Set([key]) : keys.add(key);
}

function without(keys: Set<number>, key: number): Set<number> {
  if (keys === NOTHING) return keys;
  keys.delete(key);
  return keys.size > 0 ? keys : NOTHING;
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
