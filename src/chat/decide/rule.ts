/** The shape of a rule: what a change must see, and what it comes to. */
import type { Want } from '../../db/want.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { JobPublication, Publication, TurnPublication } from '../publication.ts';
import type { Bucket, Rates } from './rates.ts';

/** What of the settings the rules know. */
export interface Limits {
  maxLength: number;
  editWindowMs: number;
  direct: 'everybody' | 'team' | 'nobody';
  /** Sends of named users, and of anonymous visitors. */
  sends: Bucket;
  visitorSends: Bucket;
  /** Attachments of a message. */
  maxFiles: number;
  /** Uploads of a user that no message has. */
  pendingUploads: number;
  /** Bytes of all files. */
  filesTotal: number;
}

/** One change before its judge. No clock: the time is that of its position. */
export interface Case {
  set: WorkingSet;
  /** The change's place in the store's clock, µs. */
  position: number;
  /** The same in ms, for times that are shown. */
  at: number;
  limits: Limits;
  rates: Rates;
  /** What became of bots' turns and of jobs: told behind what the rule itself publishes. */
  told: (TurnPublication | JobPublication)[];
}

export interface Ruling {
  /** The answer to who asked. */
  value: unknown;
  publications: Publication[];
}

/** A rule refuses by throwing a `Refusal`, before it has changed anything in the set. */
export interface Rule<C> {
  /** See `Judge.alone`. */
  alone?: true;
  want(change: C, want: Want): void;
  decide(given: Case, change: C): Ruling;
}
