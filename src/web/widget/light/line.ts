/** A WebSocket for as long as nothing goes wrong with it. */
import type { Answer } from '../../../protocol/answers.ts';
import type { Event } from '../../../protocol/events.ts';
import type { Asked } from '../../sdk/line.ts';

/** How long opening, an answer and a probe may take, ms. */
const OPEN_MS = 10_000;
const ANSWER_MS = 15_000;
export const PROBE_MS = 5000;

export type LightLine = {
  /** What is not answered in time is the end of the line. */
  ask(asked: Asked, withinMs?: number): void;
  close(): void;
};

/** What a conversation cannot do without: refused, it is for the full client to say why. */
const NEEDED = /^(hello|message\.send|conversation\.sync)$/;

export function openLine(
  url: string,
  hears: {
    opened(): void;
    event(event: Event): void;
    /** A good answer, at its place among the events; a `welcome` answers `hello`. */
    answered(asked: Asked, answer: Answer): void;
    /** It is of no more use. */
    over(): void;
  },
): LightLine {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
  const waiting = new Map<number | null, { asked: Asked; timer: number }>();
  let id = 0;
  const opening = setTimeout(over, OPEN_MS);

  function close(): void {
    clearTimeout(opening);
    for (const { timer } of waiting.values()) clearTimeout(timer);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
  function over(): void {
    close();
    hears.over();
  }

  socket.onopen = () => {
    clearTimeout(opening);
    hears.opened();
  };
  socket.onclose = over;
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data) as Answer | Event;
    if (!('re' in frame)) return hears.event(frame);
    const { asked, timer } = waiting.get(frame.re) ?? {};
    if (!asked) return;
    waiting.delete(frame.re);
    clearTimeout(timer);
    if (frame.type !== 'error') hears.answered(asked, frame);
    else if (NEEDED.test(asked.type)) over();
  };
  return {
    ask(asked, withinMs = ANSWER_MS) {
      waiting.set(++id, { asked, timer: window.setTimeout(over, withinMs) });
      socket.send(JSON.stringify({ ...asked, id }));
    },
    close,
  };
}
