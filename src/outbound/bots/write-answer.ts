/** An answer on its way from a bot's program to the customer: written while it comes, and kept every half second. */
import { mergeActions, wholeAnswer } from '../../chat/bots/bot-answer.ts';
import { BotText } from '../../chat/bots/bot-text.ts';
import type { Actions } from '../../chat/bots/turn-change.ts';
import type { OpenTurn, Turns, Writing } from '../../chat/bots/turns.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { BotFault } from './bot-fault.ts';
import type { Keeper } from './keeper.ts';
import type { Pieces } from './read-answer.ts';
import { untilWritten } from './until-written.ts';

/** What ends an answer before its own end, and who has it kept until then. */
export interface Ends {
  keeper: Keeper;
  /** Somebody stopped it, deleted it or took over; or the server stops. */
  signal: AbortSignal;
  /** Aborted when the turn is for whoever takes it next, after a start or at another server: what there is stays as it is. */
  held: AbortSignal;
  /** There is nothing more to write. */
  over: () => void;
}

/**
 * Writes what comes. Throws what the pieces throw, after it has left what was written as `interrupted`.
 */
export async function writeAnswer(turns: Turns, turn: OpenTurn, pieces: Pieces, ends: Ends): Promise<void> {
  const text = new BotText();
  let writing: Writing | null = null;
  let actions: Actions | null = null;
  let quickReplies: string[] | null = null;
  let keptNoMore = () => {};
  try {
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      actions = mergeActions(actions, piece.actions);
      quickReplies = piece.quickReplies ?? quickReplies;
      if (!piece.streamed) return await answerWhole(turns, turn, { text: piece.text, actions, quickReplies });
      const added = text.add(piece.text);
      if (added !== '' && writing === null) {
        writing = await turns.write(turn, text.text);
        if (writing === null) return ends.over();
        text.kept();
        keptNoMore = ends.keeper.add(keeping(turns, turn, writing, text, ends.over));
      } else if (writing !== null) turns.tell(writing, text.text, added);
      if (text.tooLong) break;
    }
    keptNoMore();
    const content = text.end();
    if (writing === null) return await answerWhole(turns, turn, { text: content, actions, quickReplies });
    await turns.finish(turn, writing, { content, state: text.tooLong ? 'interrupted' : null, quickReplies, actions });
  } catch (error) {
    keptNoMore();
    if (writing !== null) await leave(turns, turn, writing, text, ends);
    throw error;
  } finally {
    pieces.discard();
  }
}

async function answerWhole(
  turns: Turns,
  turn: OpenTurn,
  said: { text: string; actions: Actions | null; quickReplies: string[] | null },
): Promise<void> {
  try {
    const { state, ...answer } = wholeAnswer(said);
    await turns.answer(turn, answer, state);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'VALIDATION') throw new BotFault('the answer is empty');
    throw error;
  }
}

/** Keeps what there is, if there is more than before. */
function keeping(turns: Turns, turn: OpenTurn, writing: Writing, text: BotText, over: () => void): () => void {
  let underWay = false;
  return () => {
    const { unkept } = text;
    if (underWay || unkept.more === '') return;
    underWay = true;
    turns.keep(turn, writing, unkept).settled(
      (goesOn) => {
        underWay = false;
        text.kept(unkept);
        if (goesOn === null) over();
      },
      // A full disk is told by whatever is sent; the next checkpoint tries again.
      () => {
        underWay = false;
      },
    );
  };
}

/**
 * Broken off: by a fault, or by somebody who has had enough. Its turn may be over by then, and nobody else looks at it
 * before the next start.
 */
async function leave(turns: Turns, turn: OpenTurn, writing: Writing, text: BotText, ends: Ends): Promise<void> {
  const state = ends.signal.aborted ? 'stopped' : 'interrupted';
  const finish = () => turns.finish(turn, writing, { content: text.end(), state, failed: state === 'interrupted' });
  if (!(await untilWritten(finish, ends.held))) await turns.leave(turn, writing, text.text);
}
