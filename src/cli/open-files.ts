/**
 * The limit of open files, kept from being met: at it the system drops connections without a word, and files of one's
 * own cannot be opened either.
 */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import type { Logger } from 'pino';

/** For the database and its readers, for files that come and go, for calls to the outside; half of a small limit. */
const OWN_FILES = 200;
/** Of the connections, the part that is left for requests when sockets have taken theirs. */
const REQUESTS = 1 / 10;
/** So often at most it is told that connections were dropped. */
const TOLD_EVERY_MS = 60_000;

export interface Room {
  /** Connections of every kind. */
  connections: number;
  /** Sockets and streams among them. */
  sockets: number;
}

/** What the limit of this process leaves for others' connections; null where the system does not tell it. */
export function roomForConnections(limit: number | null = openFiles()): Room | null {
  if (limit === null) return null;
  const connections = Math.max(limit - OWN_FILES, Math.floor(limit / 2));
  return { connections, sockets: Math.max(1, Math.floor(connections * (1 - REQUESTS))) };
}

/** Node.js has raised it as far as it may. */
function openFiles(): number | null {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}

/** Has the server take no more connections than there is room for, and say so when that was needed. */
export function boundConnections(server: Server, { connections }: Room, log: Logger): void {
  server.maxConnections = connections;
  let dropped = 0;
  let told = Number.NEGATIVE_INFINITY;
  server.on('drop', () => {
    dropped += 1;
    if (performance.now() - told < TOLD_EVERY_MS) return;
    told = performance.now();
    log.warn({ dropped, connections }, 'connections were dropped: the limit of open files leaves room for no more');
  });
}
