import type { StreamWelcome } from '../../protocol/answers.ts';
import type { Event } from '../../protocol/events.ts';
import type { Verdict } from './backoff.ts';
import { createEventReader, type StreamEvent } from './event-stream.ts';
import type { Line, LineOptions } from './line.ts';
import { callsOverHttp } from './rest.ts';

/** How long wishes are gathered before the stream is opened anew for them, in milliseconds. */
const GATHER_MS = 100;

/**
 * Hears by Server-Sent Events and asks by HTTP, where WebSockets are blocked. Read by fetch: an EventSource sends no
 * Authorization header. Inbox, views and watched presence are in its address, so a change of them opens it anew.
 */
export function openStream({ kit, clock, http, wishes, held, openMs, answerMs, handlers }: LineOptions): Line {
  let over = false;
  let current: AbortController | undefined;
  let cancelSilence = () => {};
  let cancelGather = () => {};
  let farewell: Verdict | undefined;
  const call = callsOverHttp(http, kit, (asked, results) => handlers.answered(asked, results, true));

  function end(verdict: Verdict | undefined): void {
    if (over) return;
    over = true;
    cancelSilence();
    cancelGather();
    current?.abort();
    if (verdict) handlers.closed(verdict);
  }

  async function read(): Promise<void> {
    current?.abort();
    const own = new AbortController();
    current = own;
    const isOver = () => over || own !== current;
    let heartbeatMs = 0;
    // Opening may hang in a proxy that gathers the whole stream first: then polling has its turn.
    const listen = () => {
      cancelSilence();
      const ms = heartbeatMs ? heartbeatMs * 2 + 5000 : openMs;
      cancelSilence = clock.after(ms, () => end({ again: 'later', code: 'SILENT' }));
    };
    const take = ({ id, data }: StreamEvent) => {
      if (data !== undefined) {
        const event = JSON.parse(data) as Event | StreamWelcome;
        if (event.type === 'welcome') {
          heartbeatMs = event.heartbeatMs;
          handlers.welcome(event);
        } else if (event.type === 'bye') farewell = kit.verdictOfClose(event.code, `${event.retryMs}`);
        else handlers.event(event);
      }
      if (id) handlers.cursor(id);
    };
    try {
      listen();
      const { cursor } = held();
      const query = {
        inbox: wishes.inbox || undefined,
        view: [...wishes.views],
        presence: wishes.watched.join(',') || undefined,
      };
      const headers = { accept: 'text/event-stream', ...(cursor ? { 'last-event-id': cursor } : {}) };
      const response = await http.open('/v1/events', { query, headers, timeoutMs: openMs, signal: own.signal });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      const text = new TextDecoder();
      const events = createEventReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (isOver()) return;
        if (done) return end(farewell ?? { again: 'later', code: 'ENDED' });
        for (const event of events(text.decode(value, { stream: true }))) {
          take(event);
          if (isOver()) return;
        }
        listen();
      }
    } catch (error) {
      if (isOver()) return;
      const { code, retryMs } = kit.asParleyError(error);
      const verdict = kit.verdictOfError(code, retryMs);
      // Its token was renewed already, in vain.
      end(farewell ?? (verdict.token ? { again: 'never', code } : verdict));
    }
  }

  void read();
  return {
    kind: 'sse',
    call: ((asked, ms = answerMs) => call(asked, ms)) as typeof call,
    wish() {
      cancelGather();
      cancelGather = clock.after(GATHER_MS, () => void read());
    },
    probe: () => void read(),
    renew() {},
    close: () => end(undefined),
  };
}
