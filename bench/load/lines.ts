/** Plain WebSockets to a server, many of them. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import { type SpeechName, speeches } from './speeches.ts';

/** Sockets that are being opened at the same time: more would wait in the listener's queue. */
const AT_ONCE = 50;

/** Further servers on the same database. */
export interface Beside {
  urls: readonly string[];
  pids: readonly number[];
  /** The database's process that starts all others of it. */
  database: number;
}

export interface Target {
  url: string;
  serverPid: number;
  /** Sockets are opened to it and these in turn. */
  beside?: Beside;
  /** A token for each socket; a bare server has none and hears no hello. */
  tokens: readonly (string | null)[];
  /** Parley's, where nothing else is said. */
  speech?: SpeechName;
}

export interface Line {
  socket: WebSocket;
  raw: Socket;
}

/** Opens a socket for each token and says hello; a socket that is closed later ends the process's job by its error. */
export async function openLines({ url, beside, tokens, speech = 'parley' }: Target): Promise<Line[]> {
  const lines: Line[] = [];
  const urls = [url, ...(beside?.urls ?? [])];
  const open = (token: string | null, place: number) => openLine(urls[place % urls.length] ?? url, token, speech);
  for (let from = 0; from < tokens.length; from += AT_ONCE) {
    const some = tokens.slice(from, from + AT_ONCE);
    lines.push(...(await Promise.all(some.map((token, index) => open(token, from + index)))));
  }
  return lines;
}

async function openLine(url: string, token: string | null, name: SpeechName): Promise<Line> {
  const speech = speeches[name];
  const address = `${url.replace(/^http/, 'ws')}${speech.path}`;
  const socket = new WebSocket(address, speech.protocol, { perMessageDeflate: false });
  let raw: Socket | null = null;
  socket.once('upgrade', (response: IncomingMessage) => {
    raw = response.socket;
  });
  await once(socket, 'open');
  if (token !== null) await speech.greet(socket, token);
  if (raw === null) throw new Error('a socket without a connection');
  return { socket, raw };
}

/** Rejects when a line ends before the load does. */
export function lost(lines: readonly Line[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const { socket } of lines) {
      socket.on('error', reject);
      socket.on('close', (code, reason) => reject(new Error(`a socket was closed: ${code} ${reason.toString()}`)));
    }
  });
}

/** Closes them all and waits until the server has agreed. */
export async function closeLines(lines: readonly Line[]): Promise<void> {
  await Promise.all(
    lines.map(async ({ socket }) => {
      socket.removeAllListeners('close');
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }),
  );
}
