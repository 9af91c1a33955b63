import type { Ticket } from '../../protocol/answers.ts';
import type { Changes } from '../../protocol/catching-up.ts';
import type { Event } from '../../protocol/events.ts';
import type { Me } from '../../protocol/person.ts';
import type { Verdict } from './backoff.ts';
import type { Greeting, Line, LineOptions } from './line.ts';
import { callsOverHttp } from './rest.ts';
import type { Tabs } from './tabs.ts';

/** How often the leading tab is asked whether it is there, and how long its answer may take, in milliseconds. */
const ASK_MS = 25_000;
const HERE_MS = 10_000;

/**
 * The line of a tab that does not lead: it hears what the leading tab hears, asks by HTTP, and reads what changed whenever
 * the leader's line is new. An event that it hears twice, or late, is settled by its rev as everywhere. A browser may put
 * the leading tab to sleep and leave it its lock: a leader that tells nothing any more is one to do without.
 */
export function openTab(options: LineOptions & { tabs: Tabs }): Line {
  const { kit, clock, http, held, openMs, answerMs, handlers, wishes, tabs } = options;
  let over = false;
  let user: Me | undefined;
  /** What was heard before the first reading was there. */
  let early: Event[] = [];
  /** The leader's line was new meanwhile: the first reading may lack what that one had missed. */
  let isLate = false;
  let cancelAsking = () => {};
  const abort = new AbortController();
  const call = callsOverHttp(http, kit, (asked, results) => handlers.answered(asked, results, true));
  const get = <T>(path: string, query = {}) =>
    http.json<T>('GET', path, undefined, { query, timeoutMs: openMs, signal: abort.signal });
  const wish = () => tabs.tell({ views: [...wishes.views] });

  function ask(): void {
    cancelAsking();
    cancelAsking = clock.after(ASK_MS, () => {
      tabs.tell({ ask: true });
      cancelAsking = clock.after(HERE_MS, () => end({ again: 'now', code: 'MUTE' }));
    });
  }

  function end(verdict: Verdict): void {
    if (over) return;
    over = true;
    cancelAsking();
    handlers.closed(verdict);
  }

  function failed(error: unknown): void {
    const { code, retryMs } = kit.asParleyError(error);
    const verdict = kit.verdictOfError(code, retryMs);
    end(verdict.token ? { again: 'never', code } : verdict);
  }

  async function open(): Promise<void> {
    const [me, config, ticket, first] = await Promise.all([
      get<Me>('/v1/me'),
      // Without these two it can be heard and written all the same.
      get<Pick<Greeting, 'limits'>>('/v1/widget/config').catch(() => undefined),
      get<Ticket>('/v1/me/ticket').catch(() => undefined),
      get<Changes>('/v1/changes', { cursor: held().cursor, wait: 0 }),
    ]);
    if (over) return;
    user = me;
    const { limits } = config ?? {};
    handlers.welcome({ ...first, user: me, ...(ticket ? { ticket } : {}), ...(limits ? { limits } : {}) });
    const heard = early;
    early = [];
    for (const event of heard) handlers.event(event);
    wish();
    if (isLate) again();
  }

  let asking: Promise<void> | undefined;
  /** Reads what changed, once at a time; what comes meanwhile is read after. */
  function again(): void {
    if (!user) return;
    const before = asking ?? Promise.resolve();
    const own = before.then(async () => {
      for (let more = true; more && !over; ) {
        const page = await get<Changes>('/v1/changes', { cursor: held().cursor, wait: 0 });
        if (over) return;
        handlers.changes(page);
        more = page.more;
      }
    });
    asking = own.catch(failed);
  }

  tabs.hear = (note) => {
    if (over) return;
    ask();
    if ('event' in note) {
      if (user) handlers.event(note.event);
      else early.push(note.event);
    } else if ('lost' in note) {
      end({ again: 'now', code: 'LOST' });
    } else if ('stopped' in note) {
      end({ again: 'never', code: note.stopped });
    } else if ('again' in note) {
      if (!user) isLate = true;
      else if (note.userId !== undefined && note.userId !== user.id) {
        end({ again: 'now', token: 'AUTH_CHANGED', code: 'AUTH_CHANGED' });
      } else {
        again();
        wish();
      }
    }
  };
  ask();
  open().catch(failed);
  return {
    kind: 'tab',
    call: ((asked, ms = answerMs) => call(asked, ms)) as typeof call,
    wish,
    probe: again,
    renew() {},
    close() {
      over = true;
      cancelAsking();
      abort.abort();
    },
  };
}
