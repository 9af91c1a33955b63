/**
 * Sends at a steady rate for as long as it is let, told in stretches; beside them people who come and go, whose lines
 * must leave nothing behind. Timers pace it: for an hour nothing may keep the loop turning.
 */
import { answeredBy, isEvent, MessageIds, sendFrames } from './frames.ts';
import { Latencies } from './latencies.ts';
import { closeLines, type Line, openLines, type Target } from './lines.ts';

export interface SteadyLoad extends Target {
  conversations: readonly string[];
  /** Sends a second, over all sockets in turn. */
  rate: number;
  /** Of those who come and go. */
  passing: readonly string[];
}

/** What a stretch of time came to. */
export interface Stretch {
  acked: number;
  /** ms, from the moment at which a send was due to its answer. */
  p50: number;
  p99: number;
}

const TICK_MS = 5;
/** How often somebody comes, says hello and goes. */
const PASS_MS = 200;
const DRAIN_MS = 20_000;

export class Steadily {
  private readonly job: SteadyLoad;
  private readonly due: number[] = [];
  private lines: Line[] = [];
  private latencies = new Latencies();
  private acked = 0;
  private ackedBefore = 0;
  private delivered = 0;
  private fault: unknown = null;
  private timers: NodeJS.Timeout[] = [];
  private passed = 0;

  constructor(job: SteadyLoad) {
    this.job = job;
  }

  async begin(): Promise<void> {
    const ids = new MessageIds();
    this.lines = await openLines(this.job);
    const frames = this.lines.map((_, place) => sendFrames(this.job.conversations[place] ?? '', ids));
    for (const { socket } of this.lines) {
      socket.on('message', (data) => this.take(data as Buffer));
      socket.on('close', (code) => this.failed(new Error(`a line was closed: ${code}`)));
    }
    const start = performance.now();
    const step = 1000 / this.job.rate;
    const send = () => {
      const now = performance.now();
      for (let next = start + this.due.length * step; next <= now; next += step) {
        const place = this.due.length % this.lines.length;
        this.due.push(next);
        this.lines[place]?.socket.send(frames[place]?.(this.due.length) ?? '');
      }
    };
    this.timers = [setInterval(send, TICK_MS), setInterval(() => void this.pass(), PASS_MS)];
  }

  private take(data: Buffer): void {
    try {
      if (isEvent(data)) {
        this.delivered += 1;
        return;
      }
      this.acked += 1;
      this.latencies.add(performance.now() - (this.due[answeredBy(data) - 1] ?? Number.NaN));
    } catch (error) {
      this.failed(error);
    }
  }

  private async pass(): Promise<void> {
    const { passing } = this.job;
    this.passed += 1;
    try {
      await closeLines(await openLines({ ...this.job, tokens: [passing[this.passed % passing.length] ?? null] }));
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.fault ??= error;
  }

  /** What came since the last time; throws when anything has gone wrong. */
  stretch(): Stretch {
    if (this.fault !== null) throw this.fault;
    const [p50, p99] = this.latencies.percentiles(0.5, 0.99);
    const acked = this.acked - this.ackedBefore;
    this.ackedBefore = this.acked;
    this.latencies = new Latencies();
    return { acked, p50, p99 };
  }

  /** Stops, and throws unless all that was sent is answered and delivered. */
  async end(): Promise<{ sent: number; passed: number }> {
    for (const timer of this.timers) clearInterval(timer);
    const sent = this.due.length;
    const late = performance.now() + DRAIN_MS;
    while (this.acked < sent || this.delivered < sent) {
      if (performance.now() > late)
        throw new Error(`of ${sent} sends ${this.acked} were answered and ${this.delivered} delivered`);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    if (this.fault !== null) throw this.fault;
    for (const { socket } of this.lines) socket.removeAllListeners('close');
    await closeLines(this.lines);
    return { sent, passed: this.passed };
  }
}
