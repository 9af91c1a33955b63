/** How a store is asked for the messages that hold certain words: each engine has an index of its own for it. */

/** Words that stand one behind the other; of the last one perhaps only the beginning. */
export interface Sought {
  terms: string[];
  prefix: boolean;
}

export interface SearchAsked {
  /** All of it has to be in the message. */
  sought: readonly Sought[];
  /** Words by which the index knows conversations, of which one has to fit; null: any conversation. */
  threads: readonly string[] | null;
  /** A message's key: what is found is older. */
  before: number;
  limit: number;
}

/** Gives the keys of the messages, newest first. */
export type SearchQuestion = (asked: SearchAsked) => Promise<number[]>;
