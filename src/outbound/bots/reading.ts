/**
 * Reads an answer of a bot's program as it comes, by what kind it is of. All that came at once becomes one piece, and
 * no promise: there are a hundred bots that say some words in each moment.
 */
import { actionsOf, mergeActions, quickRepliesOf, readBotAnswer, textOf } from '../../chat/bots/bot-answer.ts';
import type { Actions } from '../../chat/bots/turn-change.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { OutboundAnswer } from '../outbound-answer.ts';
import { BotFault } from './bot-fault.ts';
import { Events, Lines } from './lines.ts';
import type { ToolCalls } from './tools.ts';

/** `text` of a streamed answer is what is added to it. `streamed`: more may come. */
export interface Piece {
  text: string;
  quickReplies: string[] | null;
  actions: Actions | null;
  streamed: boolean;
}

const NDJSON = /^application\/(x-)?(ndjson|jsonl|jsonlines|json-seq)$/;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json$/;
/** What tools of the n8n kind call the lines of a stream. */
const LINE_TYPES = new Set(['begin', 'item', 'end', 'error']);

/**
 * Whether an answer is streamed is told by its content type, and for what calls itself JSON by its first line. Throws a
 * `BotFault` for what is no answer.
 *
 * @param calls of a model that was offered tools: collects those that it takes
 */
export function readingOf(answer: OutboundAnswer, calls?: ToolCalls): Reading {
  const { type } = answer;
  if (type === 'text/event-stream') return new EventReading(calls);
  if (NDJSON.test(type)) return new LineReading();
  if (JSON_TYPE.test(type)) return new JsonReading(calls);
  // A text whose length is known beforehand is there: nobody writes it.
  if (type === 'text/plain' || type === '') return new TextReading(answer.header('content-length') === null);
  throw new BotFault(`the answer is ${type}, which is no text`);
}

/** Reads an answer of one kind: what comes at once becomes one piece. */
export abstract class Reading {
  /** The answer ends behind what was given, whatever may follow it. */
  over = false;
  /** What is wrong behind what was given. */
  fault: Error | null = null;

  /** Gives what is added; null: there is nothing to be told yet. */
  abstract take(chunk: Uint8Array): Piece | null;

  /** All has come. */
  abstract end(): Piece | null;

  /** What was said before a fault stands. */
  protected gather(lines: readonly string[], read: (line: string, into: Piece) => void): Piece {
    const all = added('');
    try {
      for (const line of lines) {
        read(line, all);
        if (this.over) break;
      }
    } catch (error) {
      this.fault = asFault(error);
    }
    return all;
  }
}

class EventReading extends Reading {
  private readonly lines = new Lines();
  private readonly events = new Events();
  private readonly calls: ToolCalls | undefined;

  constructor(calls?: ToolCalls) {
    super();
    this.calls = calls;
  }

  take(chunk: Uint8Array): Piece | null {
    return this.gather(this.lines.take(chunk), this.readLine);
  }

  end(): Piece | null {
    // The line behind the last one ends the event that nothing has ended.
    return this.gather([...this.lines.rest(), ''], this.readLine);
  }

  private readonly readLine = (line: string, into: Piece): void => {
    const data = this.events.take(line);
    if (data === null) return;
    if (data === '[DONE]') {
      this.over = true;
      return;
    }
    const said = parse(data);
    this.calls?.add(said);
    if (this.events.name === 'error') throw new BotFault('the stream says that it failed');
    addSaid(typeof said === 'object' || typeof said === 'string' ? (said ?? data) : data, into);
  };
}

class LineReading extends Reading {
  private readonly lines = new Lines();

  take(chunk: Uint8Array): Piece | null {
    return this.gather(this.lines.take(chunk), readJsonLine);
  }

  end(): Piece | null {
    return this.gather(this.lines.rest(), readJsonLine);
  }
}

function readJsonLine(line: string, into: Piece): void {
  if (line.trim() === '') return;
  const said = parse(line);
  if (said === undefined) throw new BotFault('a line of the stream is no JSON');
  addSaid(said, into);
}

/** JSON as a whole; or, as n8n streams it under the same name, an object a line. */
class JsonReading extends Reading {
  private readonly lines = new Lines();
  private readonly all: string[] = [];
  /** Whether it is a stream; null: not known yet. */
  private streams: boolean | null = null;
  private readonly calls: ToolCalls | undefined;

  constructor(calls?: ToolCalls) {
    super();
    this.calls = calls;
  }

  take(chunk: Uint8Array): Piece | null {
    return this.add(this.lines.take(chunk));
  }

  end(): Piece | null {
    const last = this.add(this.lines.rest());
    if (this.streams === true) return last;
    try {
      return this.whole();
    } catch (error) {
      this.fault = asFault(error);
      return null;
    }
  }

  private add(lines: string[]): Piece | null {
    if (lines.length === 0) return null;
    this.streams ??= isStreamLine(parse(lines[0] ?? ''));
    if (this.streams) return this.gather(lines, readJsonLine);
    this.all.push(...lines);
    return null;
  }

  private whole(): Piece {
    if (this.all.length === 0) throw new BotFault('the answer is empty');
    const said = parse(this.all.join('\n'));
    if (said === undefined) throw new BotFault('the answer is no JSON');
    // Its tools come behind it: it is not the whole answer yet.
    if (this.calls === undefined) return { ...readBotAnswer(said), streamed: false };
    this.calls.add(said);
    const piece = added('');
    addSaid(said, piece);
    return piece;
  }
}

class TextReading extends Reading {
  private readonly decoder = new TextDecoder();
  private readonly streamed: boolean;
  private text = '';

  constructor(streamed: boolean) {
    super();
    this.streamed = streamed;
  }

  take(chunk: Uint8Array): Piece | null {
    this.text += this.decoder.decode(chunk, { stream: true });
    return this.streamed ? this.given() : null;
  }

  end(): Piece | null {
    this.text += this.decoder.decode();
    return this.given();
  }

  private given(): Piece {
    const { text, streamed } = this;
    this.text = '';
    return { ...added(text), streamed };
  }
}

function added(text: string): Piece {
  return { text, quickReplies: null, actions: null, streamed: true };
}

/** Adds what a piece of a stream says. Throws before it has added anything. */
function addSaid(said: unknown, into: Piece): void {
  if (isObject(said) && (said.type === 'error' || said.error !== undefined)) {
    throw new BotFault('the stream says that it failed');
  }
  const quickReplies = quickRepliesOf(said);
  const actions = actionsOf(said);
  into.text += textOf(said) ?? '';
  into.quickReplies = quickReplies ?? into.quickReplies;
  into.actions = mergeActions(into.actions, actions);
}

/** What was said has not the shape that it should have. */
function asFault(error: unknown): Error {
  if (error instanceof Refusal) return new BotFault(`the answer: ${error.message}`);
  return error instanceof Error ? error : new Error('an answer could not be read', { cause: error });
}

function isStreamLine(said: unknown): boolean {
  return isObject(said) && typeof said.type === 'string' && LINE_TYPES.has(said.type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what is no JSON. Nesting that would be deep enough to hurt is refused by the size of the answer. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
