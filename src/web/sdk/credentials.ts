import type { Ticket } from '../../protocol/answers.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { Tokens } from './token.ts';

/** A ticket lives for an hour; one that did not come is asked for again. */
const TICKET_MS = 45 * 60_000;
const AGAIN_MS = 60_000;

/** Keeps what opens the server good: the ticket for attachments, and a token that says when it ends. */
export type Credentials = {
  readonly ticket: Ticket | undefined;
  took(ticket: Ticket): void;
  /** Renews the token before it ends, so that the line does not have to be lost for it. */
  keepToken(): void;
  stop(): void;
};

export function keepCredentials(options: {
  http: Http;
  tokens: Tokens;
  clock: Clock;
  renewable: boolean;
  renewed(token: string): void;
  changed(ticket: Ticket): void;
}): Credentials {
  const { http, tokens, clock } = options;
  let ticket: Ticket | undefined;
  let cancelTicket = () => {};
  let cancelRenewal = () => {};

  function took(next: Ticket): void {
    ticket = next;
    options.changed(next);
    renewIn(TICKET_MS);
  }

  function renewIn(ms: number): void {
    cancelTicket();
    const cancel = clock.after(ms, () => {
      http.json<Ticket>('GET', '/v1/me/ticket').then(took, () => {
        // Unless a new line has brought one meanwhile, or it is over.
        if (cancelTicket === cancel) renewIn(AGAIN_MS);
      });
    });
    cancelTicket = cancel;
  }

  function keepToken(): void {
    cancelRenewal();
    const token = tokens.current;
    if (token === undefined || !options.renewable) return;
    cancelRenewal = beforeExpiry(token, clock, () => {
      tokens.renew(token, 'TOKEN_EXPIRED').then(
        (next) => {
          options.renewed(next);
          keepToken();
        },
        // The server says it again when the time is over.
        () => {},
      );
    });
  }

  return {
    get ticket() {
      return ticket;
    },
    took,
    keepToken,
    stop() {
      cancelTicket();
      cancelTicket = () => {};
      cancelRenewal();
    },
  };
}

/**
 * Calls `renew` a minute before a token ends, when it is a JWT that says so.
 *
 * @returns what ends it
 */
export function beforeExpiry(token: string, clock: Clock, renew: () => void): () => void {
  try {
    const part = (token.split('.')[1] as string).replace(/-/g, '+').replace(/_/g, '/');
    const { exp } = JSON.parse(atob(part)) as { exp?: unknown };
    if (typeof exp !== 'number') return () => {};
    const ms = exp * 1000 - clock.now() - 60_000;
    // A timer holds 2^31 ms; a token that lives longer has a line that ends before.
    return ms > 0 && ms < 2 ** 31 ? clock.after(ms, renew) : () => {};
  } catch {
    return () => {};
  }
}
