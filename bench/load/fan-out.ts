/** One sender and a room full of those who hear; the next message is sent when one has reached everybody. */
import { answeredBy, isEvent, isNewMessage, MessageIds, sendFrames } from './frames.ts';
import { closeLines, lost, openLines, type Target } from './lines.ts';
import { type Outcome, type Span, Tally } from './tally.ts';

/** The first token is the sender's. */
export interface FanOut extends Target, Span {
  conversation: string;
  /** Messages that have not reached everybody yet. */
  window: number;
}

export async function fanOut(job: FanOut): Promise<Outcome> {
  const lines = await openLines(job);
  const [sender, ...hearers] = lines;
  if (sender === undefined) throw new Error('a room without a sender');
  const tally = new Tally(hearers.length);
  const frame = sendFrames(job.conversation, new MessageIds());
  const began = new Float64Array(job.window);
  const send = () => {
    tally.sent += 1;
    began[tally.sent % job.window] = performance.now();
    sender.socket.send(frame(tally.sent));
  };
  const goOn = () => {
    const reached = Math.min(tally.acked, Math.floor(tally.delivered / hearers.length));
    while (tally.sending && tally.sent - reached < job.window) send();
  };
  const guarded = (take: (data: Buffer) => void) => (data: unknown) => {
    try {
      take(data as Buffer);
      goOn();
    } catch (error) {
      tally.fail(error);
    }
  };
  const answer = guarded((data) => {
    if (isEvent(data)) return;
    const id = answeredBy(data);
    tally.answer(performance.now() - (began[id % job.window] ?? Number.NaN));
  });
  const hear = guarded((data) => {
    if (isNewMessage(data)) tally.delivery();
  });
  sender.socket.on('message', answer);
  for (const { socket } of hearers) socket.on('message', hear);
  const ended = lost(lines);
  goOn();
  const outcome = await tally.run(job, ended);
  await closeLines(lines);
  return outcome;
}
