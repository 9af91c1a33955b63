import { eventOf } from './answers.ts';
import { backoffMs, type Verdict, verdictOfClose, verdictOfError } from './backoff.ts';
import type { Clock } from './clock.ts';
import { asParleyError, isForLater } from './errors.ts';
import { pathOf } from './http.ts';
import type { Line, LineHandlers, LineOptions, TransportName } from './line.ts';
import { isOnline, watchPage } from './page.ts';
import type { LoadPart } from './parts.ts';
import { openSocket } from './socket.ts';
import { createTabs, type Tabs } from './tabs.ts';
import type { Tokens } from './token.ts';

/**
 * - `connecting`: not online yet.
 * - `online`: hears and asks.
 * - `reconnecting`: the line was lost; it is tried again until it is there.
 * - `offline`: the same, and the browser says that there is no network; also before `connect()`.
 * - `stopped`: will not come back by itself. `reason`: `CLOSED` (by `close()`), `SIGNED_OUT`, `BLOCKED`, `FORBIDDEN`,
 *   `BAD_FRAMES`,
 *   or why there is no token.
 *
 * `retryAt`: the server lets no more of this address in until then (milliseconds since 1970).
 */
export type ClientState =
  | { name: 'connecting' | 'reconnecting' | 'offline'; retryAt?: number }
  | { name: 'online'; transport: TransportName }
  | { name: 'stopped'; reason: string };

/** A line that has lived so long was a good one: backing off begins anew. */
const GOOD_AFTER_MS = 10_000;
/** Hidden for so long, a page's socket may be dead without knowing it. */
const HIDDEN_MS = 30_000;
/** How often a stream or polling looks whether a socket has become possible. */
const UPGRADE_MS = 300_000;

/** What opens a line of each kind: the fall-backs are loaded when they are needed, which is seldom. */
type Openers = Record<TransportName, () => Promise<(options: LineOptions & { tabs: Tabs }) => Line>>;
const openers = (load: LoadPart): Openers => ({
  tab: async () => (await load('tab')).openTab,
  ws: async () => openSocket,
  sse: async () => (await load('sse')).openStream,
  poll: async () => (await load('poll')).openPolling,
});

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
  /** Tabs of the same name have one line. */
  share: string | undefined;
  /** Another tab has these conversations open. */
  viewed(ids: string[]): void;
  handlers: Omit<LineHandlers, 'closed'>;
  changed(state: ClientState): void;
  clock: Clock;
  tokens: Tokens;
  load: LoadPart;
};

/**
 * Keeps a line: opens one, comes back when it is lost, never gives up unless told to. With `auto` a socket is tried
 * first, then a stream, then polling. A new line takes the place of a living one only when it is welcomed.
 */
export function createConnection(options: ConnectionOptions): Connection {
  const { clock, tokens, handlers, transport, changed } = options;
  const opener = openers(options.load);
  let state: ClientState = { name: 'offline' };
  let current: Attempt | undefined;
  let opening: Attempt | undefined;
  let tries = 0;
  let wasOnline = false;
  let socketWorked = false;
  let tabs: Tabs | undefined;
  /** The tab that leads tells nothing any more: this one has a line beside it, and tells the others too. */
  let isMute = false;
  let deciding = false;
  let unwatch = () => {};
  let cancelRetry = () => {};
  let cancelGood = () => {};
  let cancelUpgrade = () => {};

  function become(next: ClientState): void {
    const same = JSON.stringify(next) === JSON.stringify(state);
    const tells = tabs && (tabs.leads || isMute);
    if (tells && state.name === 'online' && next.name === 'reconnecting') tabs?.tell({ lost: true });
    state = next;
    if (!same) changed(next);
  }

  function nextKind(): TransportName {
    if (tabs && !tabs.leads && !isMute) return 'tab';
    if (transport !== 'auto') return transport;
    if (!('WebSocket' in globalThis)) return tries % 2 ? 'poll' : 'sse';
    // Where sockets are known to pass, a failing one means a server that is away rather than a proxy in between.
    const ladder: TransportName[] = socketWorked ? ['ws', 'ws', 'ws', 'ws', 'sse', 'poll'] : ['ws', 'sse', 'poll'];
    return ladder[tries % ladder.length] as TransportName;
  }

  function open(kind: TransportName): void {
    cancelRetry();
    // Which tab leads is asked for once, and not guessed.
    if (opening || deciding || state.name === 'stopped') return;
    const own: Attempt = { kind };
    opening = own;
    const leads = kind !== 'tab' ? tabs : undefined;
    const welcome: LineHandlers['welcome'] = (greeting) => {
      if (own === opening) settle(own);
      handlers.welcome(greeting);
      if (leads) lead(leads, greeting.user.id);
      become({ name: 'online', transport: kind });
    };
    opener[kind]().then(
      (openLine) => {
        if (own !== opening) return;
        own.line = openLine({
          ...options,
          kit: { pathOf, verdictOfClose, verdictOfError, asParleyError },
          tabs: tabs as Tabs,
          handlers: { ...(leads ? told(leads) : handlers), welcome, closed: (verdict) => closed(own, verdict) },
        });
      },
      () => closed(own, { again: 'later', code: 'NETWORK' }),
    );
  }

  /** A leading tab's line is new: the others ask what they missed, and say what they have open. */
  function lead(own: Tabs, userId: string): void {
    own.hear = (note) => {
      if ('views' in note) options.viewed(note.views);
      else if ('ask' in note) own.tell({ here: true });
    };
    own.tell({ again: true, userId });
  }

  /** What a leading tab hears, told to the others as well. */
  function told(own: Tabs): Omit<LineHandlers, 'closed'> {
    return {
      ...handlers,
      event(event) {
        handlers.event(event);
        own.tell({ event });
      },
      changes(page) {
        handlers.changes(page);
        own.tell({ again: true });
      },
      answered(asked, results, overHttp) {
        handlers.answered(asked, results, overHttp);
        // What it sent itself it is answered, and not told.
        const event = overHttp ? undefined : eventOf(asked, results);
        if (event) own.tell({ event });
      },
    };
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
    // Promoted while it was still opening a line through the tab that is gone.
    if (own.kind === 'tab' && tabs?.leads) cancelUpgrade = clock.after(0, () => open(nextKind()));
    if (own.kind !== 'ws' && own.kind !== 'tab' && transport === 'auto') upgradeLater();
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
    if (verdict.code === 'MUTE') isMute = true;
    if (verdict.again === 'never') {
      stop(verdict.code);
      return;
    }
    // A line through another tab ends with that tab, which left its lock to this one.
    if (current?.kind === 'tab' && tabs?.leads) {
      current.line?.close();
      current = undefined;
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
    const ms = (verdict.retryMs ?? 0) + wait;
    // Who is told to wait has been answered: the way to the server is good.
    const limited = verdict.code === 'RATE_LIMITED' && !!verdict.retryMs;
    if (!limited) tries++;
    become({ ...away(), ...(limited ? { retryAt: clock.now() + ms } : {}) });
    const again = () => {
      if (!verdict.token) return open(nextKind());
      tokens.renew(tokens.current, verdict.token).then(
        () => current || open(nextKind()),
        (error) => noToken(error, own),
      );
    };
    cancelRetry = clock.after(ms, again);
  }

  /** Nobody is signed in, or getting a token failed on the way: then it is got again later. */
  function noToken(thrown: unknown, own: Attempt): void {
    // The page came back meanwhile and opened a line by itself.
    if (current || opening) return;
    const { code, retryMs = 0 } = asParleyError(thrown);
    if (!isForLater(code)) stop(code);
    else {
      opening = own;
      closed(own, { again: 'later', retryMs, code });
    }
  }

  function away(): { name: 'connecting' | 'reconnecting' | 'offline' } {
    return { name: !isOnline() ? 'offline' : wasOnline ? 'reconnecting' : 'connecting' };
  }

  function stop(reason: string): void {
    if (state.name === 'stopped') return;
    for (const end of [unwatch, cancelRetry, cancelGood, cancelUpgrade]) end();
    const attempts = [current, opening];
    current = opening = undefined;
    for (const one of attempts) one?.line?.close();
    if (tabs?.leads && reason !== 'CLOSED') tabs.tell({ stopped: reason });
    tabs?.stop();
    tabs = undefined;
    become({ name: 'stopped', reason });
  }

  function connect(): void {
    if (current || opening || (state.name !== 'offline' && state.name !== 'stopped')) return;
    state = { name: 'offline' };
    tries = 0;
    isMute = false;
    unwatch();
    unwatch = watchPage(
      () => clock.now(),
      () => (current ? current.line?.probe() : isOnline() ? open(nextKind()) : become(away())),
      (hiddenMs) => {
        if (!current) open(nextKind());
        else if (hiddenMs >= HIDDEN_MS)
          open(transport === 'auto' && socketWorked && current.kind !== 'tab' ? 'ws' : current.kind);
      },
    );
    become(away().name === 'offline' ? { name: 'offline' } : { name: 'connecting' });
    // Promoted, it opens a line beside the one through the tab that is gone.
    tabs = options.share === undefined ? undefined : createTabs(options.share, () => open(nextKind()));
    deciding = tabs !== undefined;
    if (!tabs) open(nextKind());
    else {
      void tabs.ready.then(() => {
        deciding = false;
        open(nextKind());
      });
    }
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
