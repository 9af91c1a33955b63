/**
 * `GET /metrics` for Prometheus: the same figures as `/v1/server`, as numbers that a time series can be made of. What is
 * counted elsewhere is only read when it is asked for; on the way of a message stand two histograms, once a batch.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Refusal } from '../protocol/refusal.ts';
import type { ServerState } from '../protocol/server-state.ts';
import { BEARER } from './authentication.ts';

/** What is read at each asking. */
export interface Sources {
  state: () => Promise<
    Pick<ServerState, 'version' | 'trouble' | 'disk' | 'connections'> & { writer: { waiting: number } }
  >;
  eventLoop: () => ServerState['eventLoop'];
  /** Null: the process makes none by itself. */
  backups: () => ServerState['backups'];
  /** Since the start. */
  counts: () => { messages: number; delivered: number; slow: number };
  /** Of the process. */
  usage: () => { residentBytes: number; heapBytes: number; cpuSeconds: number };
}

export class Metrics {
  private readonly registry = new Registry();
  private readonly changes = this.counter('parley_changes_total', 'Changes that were written: sends, edits, marks …');
  private readonly batchChanges = this.histogram(
    'parley_batch_changes',
    'Changes in one commit.',
    [1, 2, 4, 8, 16, 32, 64, 128, 256],
  );
  private readonly batchSeconds = this.histogram(
    'parley_batch_seconds',
    'From the beginning of a batch until it is on the disk and published.',
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  );
  private readonly requests = this.counter('parley_http_requests_total', 'Answered requests.', ['method', 'status']);
  private readonly botTurns = this.counter('parley_bot_turns_total', "Bots' turns, by what came of them.", ['outcome']);
  private readonly deliveries = this.counter('parley_webhook_deliveries_total', 'Attempts to tell a webhook.', [
    'outcome',
  ]);
  private watched = false;

  batch(changes: number, ms: number): void {
    this.changes.inc(changes);
    this.batchChanges.observe(changes);
    this.batchSeconds.observe(ms / 1000);
  }

  /** @param status of HTTP; told as 2xx, 4xx … */
  answered(method: string, status: number): void {
    this.requests.inc({ method, status: `${Math.floor(status / 100)}xx` });
  }

  botTurn(outcome: string): void {
    this.botTurns.inc({ outcome });
  }

  delivery(ok: boolean): void {
    this.deliveries.inc({ outcome: ok ? 'ok' : 'failed' });
  }

  /** From where the rest is read. Once. */
  watch({ state, eventLoop, backups, counts, usage }: Sources): void {
    if (this.watched) throw new Error('the metrics have their sources');
    this.watched = true;
    const info = this.gauge('parley_info', 'Which Parley this is.', ['version']);
    const up = this.gauge('parley_storage_ok', '0: nothing can be written right now.');
    const sockets = this.gauge('parley_connections', 'Open WebSockets and streams that have said who they are.');
    const users = this.gauge('parley_connected_users', 'Users who have one.');
    const waiting = this.gauge('parley_writer_queue', 'Changes that wait to be written.');
    const bytes = this.gauge('parley_storage_bytes', 'On the disk.', ['what']);
    const late = this.gauge('parley_event_loop_delay_seconds', 'How late the loop was in the last minute.', [
      'quantile',
    ]);
    const backedUp = this.gauge('parley_backup_ok', '0: the last try to make a backup made none.');
    const backupAt = this.gauge('parley_backup_timestamp_seconds', 'When the last backup was made; 0: there is none.');
    const memory = this.gauge('process_resident_memory_bytes', 'Resident memory.');
    const heap = this.gauge('parley_heap_bytes', 'JavaScript heap in use.');
    const messages = this.counter('parley_messages_total', 'Messages that were kept.');
    const delivered = this.counter('parley_deliveries_total', 'Frames handed to connections.');
    const slow = this.counter('parley_slow_sockets_total', 'Sockets that were closed because they did not drain.');
    const cpu = this.counter('process_cpu_seconds_total', 'Processor time.');
    this.read = async () => {
      const { version, trouble, disk, connections, writer } = await state();
      info.set({ version }, 1);
      up.set(trouble === null ? 1 : 0);
      sockets.set(connections.lines);
      users.set(connections.users);
      waiting.set(writer.waiting);
      bytes.set({ what: 'database' }, disk.databaseBytes);
      bytes.set({ what: 'log' }, disk.logBytes);
      bytes.set({ what: 'files' }, disk.filesBytes);
      if (disk.freeBytes !== null) bytes.set({ what: 'free' }, disk.freeBytes);
      const { p50Ms, p99Ms, maxMs } = eventLoop();
      for (const [quantile, ms] of [
        ['0.5', p50Ms],
        ['0.99', p99Ms],
        ['1', maxMs],
      ] as const)
        late.set({ quantile }, ms / 1000);
      const { failure = null, lastAt = null } = backups() ?? {};
      backedUp.set(failure === null ? 1 : 0);
      backupAt.set(lastAt === null ? 0 : Date.parse(lastAt) / 1000);
      const { residentBytes, heapBytes, cpuSeconds } = usage();
      memory.set(residentBytes);
      heap.set(heapBytes);
      const since = counts();
      for (const [counter, value] of [
        [messages, since.messages],
        [delivered, since.delivered],
        [slow, since.slow],
        [cpu, cpuSeconds],
      ] as const) {
        counter.reset();
        counter.inc(value);
      }
    };
  }

  private read: () => Promise<void> = async () => {};

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    await this.read();
    return this.registry.metrics();
  }

  private counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge<L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }
}

/** Where no token is set, there is no such page: the numbers tell a stranger how busy the place is. */
export const metricsPage: FastifyPluginAsync<{ metrics: Metrics; token: string | undefined }> = async (
  app,
  { metrics, token },
) => {
  if (token === undefined) return;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const right = digest(token);
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const given = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), right)) throw new Refusal('UNAUTHENTICATED');
    return reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text());
  });
};
