/** What comes of a bot's turns. The server itself asks for these: whether the turn still goes on is judged. */

/** A turn as changes name it: by its conversation, its key, and the key of its bot. */
export interface TurnName {
  conversation: string;
  turn: number;
  bot: number;
}

/** What a bot may do besides answering. */
export interface Actions {
  /** The queue takes over; with a note for the team. */
  handover: { note: string | null } | null;
  close: boolean;
  tags: string[];
  /** Put over the customer's own, by name. */
  fields: Record<string, string>;
}

interface BeginTurnChange extends TurnName {
  type: 'turn.begin';
}

/** The bot answers later. */
interface DeferTurnChange extends TurnName {
  type: 'turn.defer';
  /** ms */
  until: number;
}

/** What was to be answered is gone. */
interface DropTurnChange extends TurnName {
  type: 'turn.drop';
}

/** The answer, or its beginning. */
interface AnswerTurnChange extends TurnName {
  type: 'turn.answer';
  /** Of the message. */
  id: string;
  /** Empty: there are actions alone, or it is only beginning. */
  content: string;
  state: 'streaming' | 'interrupted' | null;
  quickReplies: string[] | null;
  actions: Actions | null;
}

/** What there is of the text: kept, and told to nobody. */
interface KeepTextChange extends TurnName {
  type: 'turn.text';
  id: string;
  /** Code points of the kept text that stand; what was kept behind them does not. */
  from: number;
  /** What follows them. */
  more: string;
}

/** The end of a streamed answer. */
interface FinishTurnChange extends TurnName {
  type: 'turn.finish';
  id: string;
  content: string;
  state: 'stopped' | 'interrupted' | null;
  quickReplies: string[] | null;
  actions: Actions | null;
  /** It broke off: the turn stays open until its fallback. */
  failed: boolean;
}

/** The bot has failed: its fallback. */
interface FailTurnChange extends TurnName {
  type: 'turn.fail';
  /** Of the message, if the fallback is a text. */
  id: string;
}

export type TurnChange =
  | BeginTurnChange
  | DeferTurnChange
  | DropTurnChange
  | AnswerTurnChange
  | KeepTextChange
  | FinishTurnChange
  | FailTurnChange;
