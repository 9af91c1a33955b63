/**
 * What comes back from a bot's program, as pieces of one answer: text as it is written, actions when they are said. Each
 * is asked for by a promise of its own and no stream around it: two hundred bots say something eight hundred times a second.
 */
import type { OutboundAnswer } from '../outbound-answer.ts';
import { type Piece, type Reading, readingOf } from './reading.ts';
import { ToolCalls } from './tools.ts';

/** Whoever leaves them before their end discards them. */
export interface Pieces {
  /** Null at the end. Throws a `BotFault` for what is no answer, and what the answer's reader throws. */
  next(): Promise<Piece | null>;
  discard(): void;
}

/** What an answer says. */
export class AnswerPieces implements Pieces {
  private readonly answer: OutboundAnswer;
  private readonly breathMs: () => number;
  private readonly calls: ToolCalls | undefined;
  private reading: Reading | null = null;
  private gave = false;

  /**
   * @param breathMs how long the pieces of a stream are gathered before they are given
   * @param calls of a model that was offered tools: collects those that it takes
   */
  constructor(answer: OutboundAnswer, breathMs: () => number, calls?: ToolCalls) {
    this.answer = answer;
    this.breathMs = breathMs;
    this.calls = calls;
  }

  async next(): Promise<Piece | null> {
    this.reading ??= readingOf(this.answer, this.calls);
    const { answer, reading } = this;
    if (reading.fault !== null) throw reading.fault;
    if (reading.over) return null;
    if (this.gave) await answer.rest(this.breathMs());
    for (;;) {
      const chunk = answer.take() ?? (await answer.next());
      const piece = chunk === null ? reading.end() : reading.take(chunk);
      // Not before: what is over reads no further line.
      if (chunk === null) reading.over = true;
      this.gave = piece !== null;
      if (piece !== null) return piece;
      if (reading.fault !== null) throw reading.fault;
      if (reading.over) return null;
    }
  }

  discard(): void {
    this.answer.discard();
  }
}

/**
 * What a model says that was offered tools. Those that it took come behind its words; where it took some and said
 * nothing, it is asked once more, for its words alone, unless a person answers now or nobody has to.
 */
export class ModelPieces implements Pieces {
  private readonly calls = new ToolCalls();
  private readonly breathMs: () => number;
  private readonly again: (taken: ToolCalls) => Promise<OutboundAnswer>;
  private pieces: Pieces;
  private said = false;
  /** What follows its words. */
  private behind: 'tools' | 'words' | 'nothing' = 'tools';

  /** @param again asks it once more */
  constructor(answer: OutboundAnswer, breathMs: () => number, again: (taken: ToolCalls) => Promise<OutboundAnswer>) {
    this.breathMs = breathMs;
    this.again = again;
    this.pieces = new AnswerPieces(answer, breathMs, this.calls);
  }

  async next(): Promise<Piece | null> {
    if (this.behind === 'words') {
      this.behind = 'nothing';
      this.pieces = new AnswerPieces(await this.again(this.calls), this.breathMs, new ToolCalls());
    }
    const piece = await this.pieces.next();
    if (piece !== null) this.said ||= piece.text.trim() !== '';
    else if (this.behind === 'tools') return this.taken();
    return piece;
  }

  private taken(): Piece | null {
    this.behind = 'nothing';
    if (this.calls.none) return null;
    const { actions, quickReplies } = this.calls.read();
    if (!this.said && !actions?.handover && !actions?.close) this.behind = 'words';
    return { text: '', quickReplies, actions, streamed: true };
  }

  discard(): void {
    this.pieces.discard();
  }
}
