import type { Ticket } from '../../protocol/answers.ts';
import type { Changes } from '../../protocol/catching-up.ts';
import type { Me } from '../../protocol/person.ts';
import type { Greeting, Line, LineOptions } from './line.ts';
import { callsOverHttp } from './rest.ts';

/** How long one question waits for a change on the server, in seconds, and how much longer for its answer. */
const WAIT_S = 25;
const SLACK_MS = 10_000;

/**
 * Hears by asking `GET /v1/changes` again and again, where not even a stream comes through. It brings conversations as
 * they are; their messages follow by sync. Typing, presence and streamed text are not heard.
 */
export function openPolling({ kit, clock, http, held, openMs, answerMs, handlers }: LineOptions): Line {
  let over = false;
  const abort = new AbortController();
  const call = callsOverHttp(http, kit, (asked, results) => handlers.answered(asked, results, true));

  const changes = (wait: number, timeoutMs: number) => {
    const query = { cursor: held().cursor, wait };
    return http.json<Changes>('GET', '/v1/changes', undefined, { query, timeoutMs, signal: abort.signal });
  };

  async function poll(): Promise<void> {
    try {
      const options = { timeoutMs: openMs, signal: abort.signal };
      const get = <T>(path: string) => http.json<T>('GET', path, undefined, options);
      const [user, config, ticket, first] = await Promise.all([
        get<Me>('/v1/me'),
        // Without these two it can be heard and written all the same.
        get<Pick<Greeting, 'limits'>>('/v1/widget/config').catch(() => undefined),
        get<Ticket>('/v1/me/ticket').catch(() => undefined),
        changes(0, openMs),
      ]);
      if (over) return;
      const { limits } = config ?? {};
      handlers.welcome({ ...first, user, ...(ticket ? { ticket } : {}), ...(limits ? { limits } : {}) });
      while (!over) {
        const startedAt = clock.now();
        const page = await changes(WAIT_S, WAIT_S * 1000 + SLACK_MS);
        if (over) return;
        handlers.changes(page);
        // A proxy that answers for the server, or one without waiting, must not be asked in a hot loop.
        if (clock.now() - startedAt < 50) await new Promise<void>((resolve) => clock.after(1000, resolve));
      }
    } catch (error) {
      if (over) return;
      over = true;
      const { code, retryMs } = kit.asParleyError(error);
      const verdict = kit.verdictOfError(code, retryMs);
      handlers.closed(verdict.token ? { again: 'never', code } : verdict);
    }
  }

  void poll();
  return {
    kind: 'poll',
    call: ((asked, ms = answerMs) => call(asked, ms)) as typeof call,
    wish() {},
    probe() {},
    renew() {},
    close() {
      over = true;
      abort.abort();
    },
  };
}
