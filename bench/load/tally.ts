/** What a load counts: everything from its first send to its last, and apart from that what falls into its time. */
import { CpuShares } from '../process/cpu.ts';
import { Latencies } from './latencies.ts';
import type { Target } from './lines.ts';

export interface Span {
  /** Load before anything counts, in ms. */
  warmMs: number;
  /** Time that counts, in ms. */
  ms: number;
}

type Loaded = Span & Pick<Target, 'serverPid' | 'beside'>;

export interface Outcome {
  /** Answered sends a second. */
  acked: number;
  /** Events delivered a second. */
  delivered: number;
  /** Latency from the send to its answer, in ms. */
  p50: number;
  p99: number;
  max: number;
  /** Cores in use: 1 is a whole one. Null where it cannot be told. */
  serverCores: number | null;
  databaseCores: number | null;
  loadCores: number;
}

/** After the last send, the time that answers and deliveries have. */
const DRAIN_MS = 60_000;

export class Tally {
  sending = true;
  sent = 0;
  acked = 0;
  delivered = 0;
  private readonly latencies = new Latencies();
  private measuring = false;
  private ackedInTime = 0;
  private deliveredInTime = 0;
  private readonly deliveriesPerSend: number;
  private readonly drained = Promise.withResolvers<void>();
  private readonly answered = Promise.withResolvers<void>();

  constructor(deliveriesPerSend: number) {
    this.deliveriesPerSend = deliveriesPerSend;
  }

  answer(latencyMs: number): void {
    this.acked += 1;
    if (this.measuring) {
      this.ackedInTime += 1;
      this.answered.resolve();
      this.latencies.add(latencyMs);
    }
    if (!this.sending) this.checkDrained();
  }

  delivery(): void {
    this.delivered += 1;
    if (this.measuring) this.deliveredInTime += 1;
    if (!this.sending) this.checkDrained();
  }

  /** A handler that threw ends the run. */
  fail(error: unknown): void {
    this.drained.reject(error as Error);
  }

  /** Runs the clock over a load that is under way; resolves when all that was sent is answered and delivered. */
  async run({ warmMs, ms, serverPid, beside }: Loaded, ended: Promise<never>): Promise<Outcome> {
    const broken = Promise.race([this.drained.promise.then(() => new Promise<never>(() => {})), ended]);
    await Promise.race([passed(warmMs), broken]);
    const cpu = new CpuShares([serverPid, ...(beside?.pids ?? [])], beside?.database);
    const began = performance.now();
    this.measuring = true;
    // On a machine that is busy with other things none may be answered in so short a time: of none nothing can be told.
    await Promise.race([Promise.all([passed(ms), this.answered.promise]), broken, this.tooLate(ms)]);
    this.measuring = false;
    const seconds = (performance.now() - began) / 1000;
    const cores = cpu.end();
    this.sending = false;
    this.checkDrained();
    await Promise.race([this.drained.promise, ended, this.tooLate()]);
    const [p50, p99, max] = this.latencies.percentiles(0.5, 0.99, 1);
    return {
      acked: this.ackedInTime / seconds,
      delivered: this.deliveredInTime / seconds,
      p50,
      p99,
      max,
      serverCores: cores.servers,
      databaseCores: cores.database,
      loadCores: cores.load,
    };
  }

  private checkDrained(): void {
    const all = this.acked === this.sent && this.delivered === this.sent * this.deliveriesPerSend;
    if (all) this.drained.resolve();
  }

  private async tooLate(ms = 0): Promise<never> {
    await passed(ms + DRAIN_MS);
    throw new Error(`of ${this.sent} sends ${this.acked} were answered and ${this.delivered} deliveries came`);
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
