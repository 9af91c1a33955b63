/** Files as other chats leave them behind, in the order in which their rows were written. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { texts } from './texts.ts';

/** Arguments of `parley import`, without the data folder. */
export type Kept = readonly string[];

const SEED = 11;
const START_MS = Date.UTC(2025, 0, 1);
const STEP_MS = 1_000;
const MESSAGES_OF_A_SESSION = 20;
/** Sessions that go on at the same time. */
const SESSIONS_AT_ONCE = 50;
const PAIRS_A_MESSAGE = 0.01;
const LINES_A_WRITE = 2_000;

/** A support chat's collections, as `mongoexport` writes them: sessions that come and go. */
export function supportFiles(folder: string, messages: number): Kept {
  const said = texts(SEED);
  const sessions = new Lines(join(folder, 'ChatSession.json'));
  const lines = new Lines(join(folder, 'ChatMessage.json'));
  for (let place = 0; place < messages; place += 1) {
    const $date = new Date(START_MS + place * STEP_MS).toISOString();
    // So many take turns until each has said all it had to say; then others do.
    const group = Math.floor(place / (SESSIONS_AT_ONCE * MESSAGES_OF_A_SESSION));
    const turn = place % (SESSIONS_AT_ONCE * MESSAGES_OF_A_SESSION);
    const sessionId = `session-${group * SESSIONS_AT_ONCE + (turn % SESSIONS_AT_ONCE)}`;
    if (turn < SESSIONS_AT_ONCE) {
      const _id = { $oid: objectId(1, place) };
      const userId = `user-${(group * SESSIONS_AT_ONCE + turn) % 5_000}`;
      sessions.add({ _id, sessionId, userId, type: 'agent', status: 'closed', createdAt: { $date } });
    }
    const from = Math.floor(turn / SESSIONS_AT_ONCE) % 2 === 0 ? 'user' : 'agent';
    lines.add({ _id: { $oid: objectId(2, place) }, sessionId, from, content: said.next(), timestamp: { $date } });
  }
  return [sessions.end(), lines.end(), '--from', '000'];
}

/** A table of direct messages, as `psql` writes it: pairs who write now and then, all the time. */
export function directFile(folder: string, messages: number): Kept {
  const said = texts(SEED);
  const pairs = Math.max(1, Math.round(messages * PAIRS_A_MESSAGE));
  const lines = new Lines(join(folder, 'messages.csv'));
  lines.text('id,sender_id,receiver_id,content,created_at,is_read,read_at');
  for (let place = 0; place < messages; place += 1) {
    const pair = (place * 7_919) % pairs;
    const people = [`user-${2 * pair}`, `user-${2 * pair + 1}`];
    const [sender, receiver] = place % 3 === 0 ? people : people.toReversed();
    const at = new Date(START_MS + place * STEP_MS).toISOString();
    lines.text(`${place + 1},${sender},${receiver},"${said.next()}",${at},true,${at}`);
  }
  return [lines.end(), '--from', '002'];
}

function objectId(kind: number, place: number): string {
  const seconds = Math.floor((START_MS + place * STEP_MS) / 1000);
  return `${seconds.toString(16)}${String(kind).padStart(4, '0')}${place.toString(16).padStart(12, '0')}`;
}

/** A file of lines that need not fit into the memory. */
class Lines {
  private readonly path: string;
  private readonly file: number;
  private lines: string[] = [];

  constructor(path: string) {
    this.path = path;
    this.file = openSync(path, 'w');
  }

  add(row: object): void {
    this.text(JSON.stringify(row));
  }

  text(line: string): void {
    this.lines.push(line);
    if (this.lines.length >= LINES_A_WRITE) this.write();
  }

  private write(): void {
    if (this.lines.length > 0) writeSync(this.file, `${this.lines.join('\n')}\n`);
    this.lines = [];
  }

  /** Gives its path. */
  end(): string {
    this.write();
    closeSync(this.file);
    return this.path;
  }
}
