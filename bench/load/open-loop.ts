/**
 * Sends at a steady rate, whatever becomes of those before. A latency counts from the moment at which the send was due,
 * so that a server that stalls is not spared the sends that would have come meanwhile.
 */
import { answeredBy, isEvent, MessageIds, sendFrames } from './frames.ts';
import { closeLines, lost, openLines, type Target } from './lines.ts';
import { type Outcome, type Span, Tally } from './tally.ts';

/** How much later than asked a timer may go off. */
const TIMER_GRAIN_MS = 2;

export interface OpenLoop extends Target, Span {
  conversations: readonly string[];
  /** Sends a second, over all sockets in turn. */
  rate: number;
  deliveriesPerSend: number;
}

export async function openLoop(job: OpenLoop): Promise<Outcome> {
  const lines = await openLines(job);
  const tally = new Tally(job.deliveriesPerSend);
  const ids = new MessageIds();
  const due: number[] = [];
  for (const { socket } of lines) {
    socket.on('message', (data) => {
      try {
        if (isEvent(data as Buffer)) tally.delivery();
        else tally.answer(performance.now() - (due[answeredBy(data as Buffer) - 1] ?? Number.NaN));
      } catch (error) {
        tally.fail(error);
      }
    });
  }
  const ended = lost(lines);
  const frames = lines.map((_line, place) => sendFrames(job.conversations[place] ?? '', ids));
  const start = performance.now();
  const turn = () => {
    if (!tally.sending) return;
    const now = performance.now();
    let next = start + (due.length * 1000) / job.rate;
    for (; next <= now; next += 1000 / job.rate) {
      const place = due.length % lines.length;
      due.push(next);
      tally.sent += 1;
      lines[place]?.socket.send(frames[place]?.(due.length) ?? '');
    }
    // Timers have a millisecond's grain, at a high rate that of many sends: the loop is kept turning then. Where there is
    // time, the core is left to whoever else loads from it.
    if (next - now > TIMER_GRAIN_MS) setTimeout(turn, next - now - TIMER_GRAIN_MS);
    else setImmediate(turn);
  };
  turn();
  const outcome = await tally.run(job, ended);
  await closeLines(lines);
  return outcome;
}
