/**
 * What comes back from a bot's program, as pieces of one answer: text as it is written, actions when they are said.
 * Whether it is streamed is told by its content type, and for what calls itself JSON by its first line.
 */
import { actionsOf, mergeActions, quickRepliesOf, readBotAnswer, textOf } from '../../chat/bots/bot-answer.ts';
import type { Actions } from '../../chat/bots/turn-change.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { OutboundAnswer } from '../outbound-answer.ts';
import { BotFault } from './bot-fault.ts';
import { eventsOf, linesOf } from './lines.ts';
import { ToolCalls } from './tools.ts';

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
 * Throws a `BotFault` for what is no answer.
 *
 * @param breathMs how long the pieces of a stream are gathered before they are given
 * @param calls of a model that was offered tools: collects those that it takes
 */
export async function* piecesOf(
  answer: OutboundAnswer,
  breathMs: () => number,
  calls?: ToolCalls,
): AsyncGenerator<Piece, void> {
  const { type } = answer;
  if (type === 'text/event-stream') yield* fromEvents(answer.chunks(breathMs), calls);
  else if (NDJSON.test(type)) yield* fromLines(linesOf(answer.chunks(breathMs)));
  else if (JSON_TYPE.test(type)) yield* fromJson(answer, calls);
  else if (type === 'text/plain' || type === '') yield* fromText(answer, breathMs);
  else throw new BotFault(`the answer is ${type}, which is no text`);
}

/**
 * What a model says that was offered tools. Those that it took come behind its words; where it took some and said
 * nothing, it is asked once more, for its words alone, unless a person answers now or nobody has to.
 *
 * @param again asks it so
 */
export async function* modelPieces(
  answer: OutboundAnswer,
  breathMs: () => number,
  again: (taken: ToolCalls) => Promise<OutboundAnswer>,
): AsyncGenerator<Piece, void> {
  const calls = new ToolCalls();
  let said = false;
  for await (const piece of piecesOf(answer, breathMs, calls)) {
    said ||= piece.text.trim() !== '';
    yield piece;
  }
  if (calls.none) return;
  const { actions, quickReplies } = calls.read();
  yield { text: '', quickReplies, actions, streamed: true };
  if (!said && !actions?.handover && !actions?.close) yield* piecesOf(await again(calls), breathMs, new ToolCalls());
}

async function* fromEvents(chunks: AsyncIterable<Uint8Array>, calls?: ToolCalls): AsyncGenerator<Piece, void> {
  for await (const events of eventsOf(chunks)) {
    const goesOn = yield* asOne(events, ({ event, data }) => {
      if (data === '[DONE]') return null;
      const said = parse(data);
      calls?.add(said);
      if (event === 'error') throw new BotFault('the stream says that it failed');
      return pieceOf(typeof said === 'object' || typeof said === 'string' ? (said ?? data) : data);
    });
    if (!goesOn) return;
  }
}

async function* fromLines(groups: AsyncIterable<string[]>): AsyncGenerator<Piece, void> {
  for await (const lines of groups) yield* asOne(lines, lineSaid);
}

function lineSaid(line: string): Piece {
  if (line.trim() === '') return added('');
  const said = parse(line);
  if (said === undefined) throw new BotFault('a line of the stream is no JSON');
  return pieceOf(said);
}

/** JSON as a whole; or, as n8n streams it under the same name, an object a line. */
async function* fromJson(answer: OutboundAnswer, calls?: ToolCalls): AsyncGenerator<Piece, void> {
  const groups = linesOf(answer.chunks());
  const first = await groups.next();
  if (first.done === true) throw new BotFault('the answer is empty');
  if (isStreamLine(parse(first.value[0] ?? ''))) {
    yield* asOne(first.value, lineSaid);
    yield* fromLines(groups);
    return;
  }
  const all = [...first.value];
  for await (const lines of groups) all.push(...lines);
  const whole = parse(all.join('\n'));
  if (whole === undefined) throw new BotFault('the answer is no JSON');
  calls?.add(whole);
  // Its tools come behind it: it is not the whole answer yet.
  yield calls === undefined ? wholePiece(whole) : pieceOf(whole);
}

/**
 * What came at once, as one piece. What is wrong in the midst of it is thrown behind what was before.
 *
 * @param read gives null where the answer ends
 * @returns whether it goes on
 */
function* asOne<T>(came: readonly T[], read: (one: T) => Piece | null): Generator<Piece, boolean> {
  let all: Piece | null = null;
  try {
    for (const one of came) {
      const piece = read(one);
      if (piece === null) {
        if (all !== null) yield all;
        return false;
      }
      if (all === null) all = piece;
      else addTo(all, piece);
    }
  } catch (error) {
    if (all !== null) yield all;
    throw error;
  }
  if (all !== null) yield all;
  return true;
}

function addTo(all: Piece, { text, quickReplies, actions }: Piece): void {
  all.text += text;
  all.quickReplies = quickReplies ?? all.quickReplies;
  all.actions = mergeActions(all.actions, actions);
}

async function* fromText(answer: OutboundAnswer, breathMs: () => number): AsyncGenerator<Piece, void> {
  // A text whose length is known beforehand is there: nobody writes it.
  if (answer.header('content-length') !== null) {
    yield { ...added(await answer.text()), streamed: false };
    return;
  }
  const decoder = new TextDecoder();
  for await (const chunk of answer.chunks(breathMs)) yield added(decoder.decode(chunk, { stream: true }));
  yield added(decoder.decode());
}

function added(text: string): Piece {
  return { text, quickReplies: null, actions: null, streamed: true };
}

function pieceOf(said: unknown): Piece {
  if (isObject(said) && (said.type === 'error' || said.error !== undefined)) {
    throw new BotFault('the stream says that it failed');
  }
  return understood(() => ({
    text: textOf(said) ?? '',
    quickReplies: quickRepliesOf(said),
    actions: actionsOf(said),
    streamed: true,
  }));
}

function wholePiece(said: unknown): Piece {
  return understood(() => ({ ...readBotAnswer(said), streamed: false }));
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw new BotFault(`the answer: ${error.message}`);
    throw error;
  }
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
