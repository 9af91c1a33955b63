import { backoffMs, type Verdict, verdictOfClose, verdictOfError } from './backoff.ts';
import type { Clock } from './clock.ts';
import { asParleyError } from './errors.ts';
import { pathOf } from './http.ts';
import type { Line, LineHandlers, LineOptions, TransportName } from './line.ts';
import { isOnline, watchPage } from './page.ts';
import { openSocket } from './socket.ts';
import type { Tokens } from './token.ts';

/**
 * - `connecting`: not online yet.
 * - `online`: hears and asks.
 * - `reconnecting`: the line was lost; it is tried again until it is there.
 * - `offline`: the same, and the browser says that there is no network; also before `connect()`.
 * - `stopped`: will not come back by itself. `reason`: `CLOSED` (by `close()`), `SIGNED_OUT`, `BLOCKED`, `FORBIDDEN`,
 *   `BAD_FRAMES`,
 *   or why there is no token.
 */
export type ClientState =
  | { name: 'connecting' | 'reconnecting' | 'offline' }
  | { name: 'online'; transport: TransportName }
  | { name: 'stopped'; reason: string };

/** A line that has lived so long was a good one: backing off begins anew. */
const GOOD_AFTER_MS = 10_000;
/** Hidden for so long, a page's socket may be dead without knowing it. */
const HIDDEN_MS = 30_000;
/** How often a stream or polling looks whether a socket has become possible. */
const UPGRADE_MS = 300_000;

/** The fall-backs are loaded when they are needed, which is seldom. */
const LOAD: Record<TransportName, () => Promise<(options: LineOptions) => Line>> = {
  ws: async () => openSocket,
  sse: async () => (await import('./sse.ts')).openStream,
  poll: async () => (await import('./poll.ts')).openPolling,
};

/** A line on its way, or the one there is. */
type Attempt = { kind: TransportName; line?: Line };

export type Connection = {
  readonly state: ClientState;
  /** The line, while online. */
  readonly line: Line | undefined;
  connect(): void;
  /** Ends the line and comes back, with another token when `verdict` says so. */
  lose(verdict: Verdict): void;
  stop(reason: string): void;
};

export type ConnectionOptions = Omit<LineOptions, 'handlers' | 'kit'> & {
  transport: 'auto' | TransportName;
  handlers: Omit<LineHandlers, 'closed'>;
  changed(state: ClientState): void;
  clock: Clock;
  tokens: Tokens;
};

/**
 * Keeps a line: opens one, comes back when it is lost, never gives up unless told to. With `auto` a socket is tried
 * first, then a stream, then polling. A new line takes the place of a living one only when it is welcomed.
 */
export function createConnection(options: ConnectionOptions): Connection {
  const { clock, tokens, handlers, transport, changed } = options;
  let state: ClientState = { name: 'offline' };
  let current: Attempt | undefined;
  let opening: Attempt | undefined;
  let tries = 0;
  let wasOnline = false;
  let socketWorked = false;
  let unwatch = () => {};
  let cancelRetry = () => {};
  let cancelGood = () => {};
  let cancelUpgrade = () => {};

  function become(next: ClientState): void {
    const same = JSON.stringify(next) === JSON.stringify(state);
    state = next;
    if (!same) changed(next);
  }

  function nextKind(): TransportName {
    if (transport !== 'auto') return transport;
    if (!('WebSocket' in globalThis)) return tries % 2 ? 'poll' : 'sse';
    // Where sockets are known to pass, a failing one means a server that is away rather than a proxy in between.
    const ladder: TransportName[] = socketWorked ? ['ws', 'ws', 'ws', 'ws', 'sse', 'poll'] : ['ws', 'sse', 'poll'];
    return ladder[tries % ladder.length] as TransportName;
  }

  function open(kind: TransportName): void {
    cancelRetry();
    if (opening || state.name === 'stopped') return;
    const own: Attempt = { kind };
    opening = own;
    const welcome: LineHandlers['welcome'] = (greeting) => {
      if (own === opening) settle(own);
      handlers.welcome(greeting);
      become({ name: 'online', transport: kind });
    };
    LOAD[kind]().then(
      (openLine) => {
        if (own !== opening) return;
        own.line = openLine({
          ...options,
          kit: { pathOf, verdictOfClose, verdictOfError, asParleyError },
          handlers: { ...handlers, welcome, closed: (verdict) => closed(own, verdict) },
        });
      },
      () => closed(own, { again: 'later', code: 'NETWORK' }),
    );
  }

  function settle(own: Attempt): void {
    const former = current;
    current = own;
    opening = undefined;
    former?.line?.close();
    wasOnline = true;
    if (own.kind === 'ws') socketWorked = true;
    cancelGood();
    cancelGood = clock.after(GOOD_AFTER_MS, () => {
      tries = 0;
    });
    cancelUpgrade();
    if (own.kind !== 'ws' && transport === 'auto') upgradeLater();
  }

  function upgradeLater(): void {
    cancelUpgrade = clock.after(UPGRADE_MS, () => {
      open('ws');
      upgradeLater();
    });
  }

  function closed(own: Attempt, verdict: Verdict): void {
    if (own === current) current = undefined;
    else if (own === opening) opening = undefined;
    else return;
    if (verdict.again === 'never') {
      stop(verdict.code);
      return;
    }
    // One that was to take a living one's place has only failed to.
    if (current) return;
    if (opening) {
      become(away());
      return;
    }
    cancelGood();
    cancelUpgrade();
    const wait = verdict.again === 'now' && tries === 0 ? 0 : backoffMs(tries, clock.random);
    tries++;
    become(away());
    const again = () => {
      if (!verdict.token) return open(nextKind());
      tokens.renew(tokens.current, verdict.token).then(
        () => current || open(nextKind()),
        (error) => noToken(error, own),
      );
    };
    cancelRetry = clock.after((verdict.retryMs ?? 0) + wait, again);
  }

  /** Nobody is signed in, or getting a token failed on the way: then it is got again later. */
  function noToken(thrown: unknown, own: Attempt): void {
    // The page came back meanwhile and opened a line by itself.
    if (current || opening) return;
    const { code } = asParleyError(thrown);
    if (code !== 'NETWORK' && code !== 'TIMEOUT') stop(code);
    else {
      opening = own;
      closed(own, { again: 'later', code });
    }
  }

  function away(): ClientState {
    return { name: !isOnline() ? 'offline' : wasOnline ? 'reconnecting' : 'connecting' };
  }

  function stop(reason: string): void {
    if (state.name === 'stopped') return;
    for (const end of [unwatch, cancelRetry, cancelGood, cancelUpgrade]) end();
    const attempts = [current, opening];
    current = opening = undefined;
    for (const one of attempts) one?.line?.close();
    become({ name: 'stopped', reason });
  }

  function connect(): void {
    if (current || opening || (state.name !== 'offline' && state.name !== 'stopped')) return;
    state = { name: 'offline' };
    tries = 0;
    unwatch();
    unwatch = watchPage(
      () => clock.now(),
      () => (current ? current.line?.probe() : isOnline() ? open(nextKind()) : become(away())),
      (hiddenMs) => {
        if (!current) open(nextKind());
        else if (hiddenMs >= HIDDEN_MS) open(transport === 'auto' && socketWorked ? 'ws' : current.kind);
      },
    );
    become(away().name === 'offline' ? { name: 'offline' } : { name: 'connecting' });
    open(nextKind());
  }

  return {
    get state() {
      return state;
    },
    get line() {
      return current?.line;
    },
    connect,
    lose(verdict) {
      const own = current;
      if (!own) return;
      own.line?.close();
      closed(own, verdict);
    },
    stop,
  };
}
