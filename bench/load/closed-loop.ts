/** Senders that each have a number of sends under way, and send the next one when one is answered. */
import { MessageIds } from './frames.ts';
import { closeLines, type Line, lost, openLines, type Target } from './lines.ts';
import { DELIVERY, type Speaker } from './speech.ts';
import { speeches } from './speeches.ts';
import { type Outcome, type Span, Tally } from './tally.ts';

export interface ClosedLoop extends Target, Span {
  /** Where each socket sends to, by the socket's place. */
  conversations: readonly string[];
  /** The first so many sockets send; all of them receive. */
  senders: number;
  /** Sends under way on a socket. */
  window: number;
  deliveriesPerSend: number;
}

export async function closedLoop(job: ClosedLoop): Promise<Outcome> {
  const lines = await openLines(job);
  const tally = new Tally(job.deliveriesPerSend);
  const ids = new MessageIds();
  const speech = speeches[job.speech ?? 'parley'];
  const ends = lines.map((line, place) => {
    const speaker = speech.speaker(line.socket, job.conversations[place] ?? '', place, ids);
    return new End(line, speaker, job, tally);
  });
  const ended = lost(lines);
  for (const end of ends.slice(0, job.senders)) end.begin();
  const outcome = await tally.run(job, ended);
  await closeLines(lines);
  return outcome;
}

/** One socket's end: it sends, or hears only. */
class End {
  private readonly line: Line;
  private readonly speaker: Speaker;
  private readonly window: number;
  private readonly tally: Tally;
  /** When the sends under way were begun, by their id's remainder. */
  private readonly began: Float64Array;
  private last = 0;
  private corked = false;

  constructor(line: Line, speaker: Speaker, { window }: ClosedLoop, tally: Tally) {
    this.line = line;
    this.speaker = speaker;
    this.window = window;
    this.tally = tally;
    this.began = new Float64Array(window);
    line.socket.on('message', (data) => this.take(data as Buffer));
  }

  begin(): void {
    for (let under = 0; under < this.window; under += 1) this.send();
  }

  private send(): void {
    this.last += 1;
    this.tally.sent += 1;
    this.cork();
    this.began[this.last % this.window] = performance.now();
    this.line.socket.send(this.speaker.send(this.last));
  }

  /** What is sent in one turn leaves in one write. */
  private cork(): void {
    if (this.corked || this.window === 1) return;
    this.corked = true;
    this.line.raw.cork();
    process.nextTick(() => {
      this.corked = false;
      this.line.raw.uncork();
    });
  }

  private take(data: Buffer): void {
    try {
      const id = this.speaker.read(data);
      if (id <= DELIVERY) {
        if (id === DELIVERY) this.tally.delivery();
        return;
      }
      const sending = this.tally.sending;
      const began = this.began[id % this.window] ?? Number.NaN;
      if (sending) this.send();
      this.tally.answer(performance.now() - began);
    } catch (error) {
      this.tally.fail(error);
    }
  }
}
