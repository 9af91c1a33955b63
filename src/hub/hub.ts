/**
 * Who follows what in this process. The hub knows lines, users and keys, and no rule: who may hear an event is said
 * by `chat/`. What lines hear while a batch is published waits for its end, and is written then in one piece a line, after
 * those that asked for something have their answers: each write takes as long as a tenth of a commit. A line that throws is
 * gone from there on: nobody else misses anything for it.
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
  /** While a batch is published: the lines that are answered, which are corked, and what waits for those that only hear. */
  private batched: { answered: Set<Line>; told: Map<Line, Frame[]> } | null = null;
  private readonly onError: (error: unknown) => void;
  /** Called when a line began or ceased to watch the inbox. */
  onWatch: (line: Line) => void = () => {};
  private published = 0;
  private awaited: { position: number; done: () => void }[] = [];
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

  /** Position up to which everything was published to a line: one that hears nothing more may be open for a while. */
  positionOf(line: Line): number {
    return line.heardTo ?? this.position;
  }

  /** Position up to which everything was published to the lines. */
  get position(): number {
    return this.published;
  }

  set position(position: number) {
    this.published = position;
    if (this.awaited.length === 0) return;
    const reached = this.awaited.filter((one) => one.position <= position);
    this.awaited = this.awaited.filter((one) => one.position > position);
    for (const { done } of reached) done();
  }

  /**
   * Resolves when everything up to `position` was published to the lines. A reading may have seen what another server, or
   * the database for this one, committed a moment before it is published here.
   */
  async reached(position: number): Promise<void> {
    if (position <= this.published) return;
    await new Promise<void>((done) => this.awaited.push({ position, done }));
  }

  everybody(): Line[] {
    return [...this.lines];
  }

  add(line: Line): void {
    this.lines.add(line);
    this.users.set(line.user, [...this.ofUser(line.user), line]);
  }

  /** Forgets a line and all that it followed. */
  remove(line: Line): void {
    this.lines.delete(line);
    line.heardTo ??= this.position;
    const others = this.ofUser(line.user).filter((other) => other !== line);
    if (others.length > 0) this.users.set(line.user, others);
    else this.users.delete(line.user);
    for (const conversation of line.viewing) part(this.views, conversation, line);
    for (const room of line.rooms) part(this.rooms, room, line);
    line.viewing = NOTHING;
    line.rooms = NOTHING;
    if (this.inboxes.delete(line)) this.onWatch(line);
  }

  has(line: Line): boolean {
    return this.lines.has(line);
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

  /** As `watch` and the entering of rooms, of a line that is there: one that is gone follows nothing. */
  view(line: Line, conversation: number, viewing: boolean): void {
    if (viewing && !this.lines.has(line)) return;
    if (viewing) {
      line.viewing = withKey(line.viewing, conversation);
      join(this.views, conversation, line);
    } else {
      line.viewing = without(line.viewing, conversation);
      part(this.views, conversation, line);
    }
  }

  watch(line: Line, on: boolean): void {
    if (on && !this.lines.has(line)) return;
    line.inbox = on;
    if (on) this.inboxes.add(line);
    else this.inboxes.delete(line);
    this.onWatch(line);
  }

  enterRoom(line: Line, conversation: number): void {
    if (!this.lines.has(line)) return;
    line.rooms = withKey(line.rooms, conversation);
    join(this.rooms, conversation, line);
  }

  /** Enters the rooms of which a reading knew, but for those that it was taken out of meanwhile. */
  enterRooms(line: Line, rooms: readonly number[]): void {
    for (const room of rooms) if (!line.hasLeft(room)) this.enterRoom(line, room);
  }

  leaveRoom(line: Line, conversation: number): void {
    line.leave(conversation);
    line.rooms = without(line.rooms, conversation);
    part(this.rooms, conversation, line);
  }

  deliver(line: Line, frame: Frame): void {
    if (!this.lines.has(line)) return;
    this.delivered += 1;
    const { batched } = this;
    const waiting = batched?.told.get(line);
    if (batched === null || batched.answered.has(line)) this.write(line, [frame]);
    else if (waiting === undefined) batched.told.set(line, [frame]);
    else waiting.push(frame);
  }

  private write(line: Line, frames: readonly Frame[]): void {
    try {
      for (const frame of frames) line.deliver(frame);
    } catch (error) {
      this.failed(line, error);
    }
  }

  /** What waits for a line, which is about to be written something else. */
  private writeWaiting(line: Line): void {
    const waiting = this.batched?.told.get(line);
    if (waiting === undefined) return;
    this.batched?.told.delete(line);
    this.write(line, waiting);
  }

  /** Ends a line: it hears nothing more, whatever becomes of its close. */
  dismiss(line: Line, code: number): void {
    this.writeWaiting(line);
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

  /** Gathers what is written to `line` from its answer on until the end of the batch, if one is being published. */
  corkAnswer(line: Line): void {
    if (this.batched === null || this.batched.answered.has(line)) return;
    this.batched.answered.add(line);
    line.cork();
    this.writeWaiting(line);
  }

  /** Runs `publish`; every line that it writes to is written to once. */
  batch(publish: () => void): void {
    const batched = { answered: new Set<Line>(), told: new Map<Line, Frame[]>() };
    this.batched = batched;
    try {
      publish();
    } finally {
      this.batched = null;
      for (const line of batched.answered) this.uncork(line);
      for (const [line, frames] of batched.told) if (this.lines.has(line)) this.writeInOne(line, frames);
    }
  }

  /** Nothing is gathered for one alone. */
  private writeInOne(line: Line, frames: readonly Frame[]): void {
    const gathers = frames.length > 1;
    try {
      if (gathers) line.cork();
      for (const frame of frames) line.deliver(frame);
      if (gathers) line.uncork();
    } catch (error) {
      this.failed(line, error);
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
