import { type Static, Type } from 'typebox';
import { answered, nullable } from './schema.ts';
import { Count, Time } from './words.ts';

const Ms = Type.Number({ minimum: 0, description: 'Milliseconds.' });

export const ServerState = answered(
  'ServerState',
  {
    version: Type.String(),
    startedAt: Time,
    trouble: nullable(Type.String({ description: 'Why nothing can be written right now.' })),
    filesTrouble: nullable(Type.String({ description: 'Why no file can be kept or read right now.' })),
    unknownProxy: Type.Boolean({
      description: 'Requests seem to come through a proxy that PARLEY_TRUST_PROXY does not name: no limits by address.',
    }),
    disk: Type.Object({
      databaseBytes: Count,
      logBytes: Count,
      filesBytes: Count,
      freeBytes: nullable(Count),
    }),
    writer: Type.Object(
      { waiting: Count, mostWaiting: Count, changes: Count, batches: Count, largestBatch: Count, batchP99Ms: Ms },
      { description: 'Changes that wait to be written now, and may at most; since the start: how they were written.' },
    ),
    backups: nullable(
      Type.Object(
        { lastAt: nullable(Time), nextAt: Time, failure: nullable(Type.String()) },
        { description: 'Those that the server makes by itself: the last whole one, and why the last try made none.' },
      ),
    ),
    connections: Type.Object({ lines: Count, users: Count, mostLines: Count }),
    eventLoop: Type.Object(
      { p50Ms: Ms, p99Ms: Ms, maxMs: Ms },
      { description: 'By how much the process was late, in the last whole minute.' },
    ),
    routes: Type.Array(
      Type.Object({ method: Type.String(), route: Type.String(), count: Count, p50Ms: Ms, p99Ms: Ms, maxMs: Ms }),
      { description: 'The slowest by p99 since the start, 20 at most; percentiles are exact to a quarter.' },
    ),
  },
  'How this server process is.',
);
export type ServerState = Static<typeof ServerState>;
