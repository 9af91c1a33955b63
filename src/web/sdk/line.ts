import type { Results, Welcome } from '../../protocol/answers.ts';
import type { Changes } from '../../protocol/catching-up.ts';
import type { Request } from '../../protocol/commands.ts';
import type { Event } from '../../protocol/events.ts';
import type { Verdict, verdictOfClose, verdictOfError } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { asParleyError } from './errors.ts';
import type { Http, pathOf } from './http.ts';
import type { Tokens } from './token.ts';

type WithoutId<R> = R extends unknown ? Omit<R, 'id'> : never;

/** A request as it is asked; the line gives it its id. */
export type Asked<Type extends Request['type'] = Request['type']> = WithoutId<Extract<Request, { type: Type }>>;
export type Ask = <Type extends keyof Results>(
  asked: Asked & { type: Type },
  timeoutMs?: number,
) => Promise<Results[Type]>;

/** How a line begins: a socket's `welcome`, or what a stream or polling can tell of it. */
export type Greeting = Changes & Pick<Welcome, 'user'> & Partial<Pick<Welcome, 'limits' | 'ticket' | 'synced'>>;

/** What this client wants to hear beyond its own conversations; a new line is told them anew. */
export type Wishes = {
  inbox: boolean;
  readonly views: Set<string>;
  watched: string[];
  presence: Asked<'presence.set'> | undefined;
};

/** What a line tells, one after another in the order of arrival, never from within a call of its functions. */
export type LineHandlers = {
  welcome(greeting: Greeting): void;
  event(event: Event): void;
  /** All that came before is in it. */
  cursor(cursor: string): void;
  /** Polling's way of telling what is new. */
  changes(changes: Changes): void;
  /** An answer, at its place among the events. Over HTTP the place says nothing. */
  answered(asked: Asked, results: unknown, overHttp: boolean): void;
  /** The line is over; said once, and not after `close()`. */
  closed(verdict: Verdict): void;
};

/** What the fall-backs share with the rest: handed to them, so that they are chunks of their own and share none. */
export type Kit = {
  pathOf: typeof pathOf;
  verdictOfClose: typeof verdictOfClose;
  verdictOfError: typeof verdictOfError;
  asParleyError: typeof asParleyError;
};

export type LineOptions = {
  kit: Kit;
  url: string;
  tokens: Tokens;
  http: Http;
  clock: Clock;
  wishes: Wishes;
  /** What the client holds, asked for when the line opens. */
  held(): { cursor?: string; revs?: Record<string, number> };
  /** How long opening may take until `welcome`, in milliseconds. */
  openMs: number;
  /** How long an answer may take, in milliseconds. */
  answerMs: number;
  handlers: LineHandlers;
};

/** `tab`: by another tab's line. */
export type TransportName = 'ws' | 'sse' | 'poll' | 'tab';

/** One way of hearing and asking, good until `closed`. */
export type Line = {
  readonly kind: TransportName;
  /** Asks; rejects with a ParleyError: the server's refusal, `TIMEOUT`, or `NETWORK` when the line is lost. */
  call: Ask;
  /** The wishes have changed. */
  wish(): void;
  /** The network or the page changed: find out soon whether the line still lives. */
  probe(): void;
  /** Takes a new token without opening anew, where it can. */
  renew(token: string): void;
  close(): void;
};
