/** A bot's turns: when one begins, what it covers, and what ends it. */
import type { ConversationRow, TurnRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';

/** The open ones, in their order: the first one is asked, or waits to be; what comes in meanwhile waits behind it. */
export function openTurns(set: WorkingSet, main: ConversationRow): TurnRow[] {
  let open = set.turns.get(main.id);
  if (open === undefined) {
    open = [];
    set.turns.set(main.id, open);
  }
  return open;
}

/** It is the bot's turn: all that the customer wrote up to `upTo` is to be answered, together if it can be. */
export function askBot(given: Case, main: ConversationRow, bot: number, upTo: number): void {
  const { set, at } = given;
  const open = openTurns(set, main);
  const waiting = open.find(({ state, bot: whose }) => state === 'waiting' && whose === bot);
  if (waiting !== undefined) {
    waiting.upTo = upTo;
    set.marked.turns.save(waiting);
    return;
  }
  const id = set.nextId();
  const turn: TurnRow = {
    id,
    uuid: madeId(given, id),
    conversation: main.id,
    bot,
    upTo,
    state: 'waiting',
    reply: null,
    until: null,
    createdAt: at,
  };
  open.push(turn);
  set.marked.turns.insert(turn);
  tellTurn(given, main, turn);
}

/** @param reply seq of the message that answers, or of what there is of it */
export function endTurn(
  given: Case,
  main: ConversationRow,
  turn: TurnRow,
  state: 'answered' | 'failed' | 'handed_over',
  reply: number | null = turn.reply,
): void {
  const { set } = given;
  const open = openTurns(set, main);
  open.splice(open.indexOf(turn), 1);
  turn.state = state;
  turn.reply = reply;
  set.marked.turns.save(turn);
  tellTurn(given, main, turn);
}

/** Somebody else answers from now on, or nobody. */
export function endTurns(given: Case, main: ConversationRow): void {
  for (const turn of [...openTurns(given.set, main)]) endTurn(given, main, turn, 'handed_over');
}

/** The bot has answered by itself, as users do: everything that it was to answer. */
export function answeredByItself(given: Case, main: ConversationRow, reply: number): void {
  for (const turn of [...openTurns(given.set, main)]) endTurn(given, main, turn, 'answered', reply);
}

/** Whoever stopped or deleted an answer that was being written has had enough of it. */
export function endTurnOf(given: Case, main: ConversationRow, reply: number): void {
  const turn = openTurns(given.set, main).find((one) => one.reply === reply);
  if (turn !== undefined) endTurn(given, main, turn, 'answered');
}

export function tellTurn({ told }: Case, { id, uuid }: ConversationRow, { id: turn, bot, state }: TurnRow): void {
  told.push({ type: 'turn', conversation: id, conversationId: uuid, turn, bot, state });
}
