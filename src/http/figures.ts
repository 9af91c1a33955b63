/** What the process measures of itself while it runs: how long routes and batches take, how late its loop is. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { ServerState } from '../protocol/server-state.ts';
import { Histogram } from './histogram.ts';
import type { Metrics } from './metrics.ts';

const MINUTE_MS = 60_000;
/** The loop is asked so often (ms); what it is late by comes on top. */
const RESOLUTION_MS = 20;
const MOST_ROUTES = 20;
/** They wait for something to happen: how long says nothing about the server. */
const WAITING_ROUTES = new Set(['/v1/ws', '/v1/events', '/v1/changes']);

export class Figures {
  private readonly routes = new Map<string, { method: string; route: string; times: Histogram }>();
  private readonly batches = new Histogram();
  private changes = 0;
  private largestBatch = 0;
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout;
  private readonly metrics: Metrics;
  /** Whether requests seem to come through a proxy that the settings do not name. */
  unknownProxy = false;
  private lastMinute: ServerState['eventLoop'] | null = null;

  /** @param metrics are told too what is counted here */
  constructor(metrics: Metrics) {
    this.metrics = metrics;
    this.delay.enable();
    this.timer = setInterval(() => {
      this.lastMinute = this.lateness();
      this.delay.reset();
    }, MINUTE_MS).unref();
  }

  /** A batch of so many changes was written. */
  batch(changes: number, ms: number): void {
    this.batches.note(ms);
    this.changes += changes;
    this.largestBatch = Math.max(this.largestBatch, changes);
    this.metrics.batch(changes, ms);
  }

  proxySeen(): void {
    this.unknownProxy = true;
  }

  answered(method: string, route: string, ms: number, status: number): void {
    this.metrics.answered(method, status);
    const key = `${method} ${route}`;
    const one = this.routes.get(key) ?? { method, route, times: new Histogram() };
    this.routes.set(key, one);
    one.times.note(ms);
  }

  private lateness(): ServerState['eventLoop'] {
    const late = (ns: number) => (Number.isFinite(ns) ? rounded(Math.max(0, ns / 1e6 - RESOLUTION_MS)) : 0);
    const { delay } = this;
    return { p50Ms: late(delay.percentile(50)), p99Ms: late(delay.percentile(99)), maxMs: late(delay.max) };
  }

  get writer(): Pick<ServerState['writer'], 'changes' | 'batches' | 'largestBatch' | 'batchP99Ms'> {
    const { changes, largestBatch, batches } = this;
    return { changes, largestBatch, batches: batches.count, batchP99Ms: rounded(batches.percentile(0.99)) };
  }

  get eventLoop(): ServerState['eventLoop'] {
    return this.lastMinute ?? this.lateness();
  }

  get slowest(): ServerState['routes'] {
    return [...this.routes.values()]
      .map(({ method, route, times }) => ({
        method,
        route,
        count: times.count,
        p50Ms: rounded(times.percentile(0.5)),
        p99Ms: rounded(times.percentile(0.99)),
        maxMs: rounded(times.maxMs),
      }))
      .sort((a, b) => b.p99Ms - a.p99Ms || b.maxMs - a.maxMs)
      .slice(0, MOST_ROUTES);
  }

  stop(): void {
    clearInterval(this.timer);
    this.delay.disable();
  }
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;

/** Notes how long each answer took until it began to go out. A path that is no route is none: nobody fills the list. */
export const routeTimes = fp<{ figures: Figures }>(async (app: FastifyInstance, { figures }) => {
  app.addHook('onSend', (request, reply, payload, done) => {
    const { url } = request.routeOptions;
    if (url !== undefined && !WAITING_ROUTES.has(url))
      figures.answered(request.method, url, reply.elapsedTime, reply.statusCode);
    done(null, payload);
  });
  app.addHook('onClose', async () => figures.stop());
});
