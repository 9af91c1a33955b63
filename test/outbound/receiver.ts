/** Real HTTP servers for Parley to call, with every bad habit. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export interface Receiver {
  url: string;
  port: number;
  /** How many requests have come. */
  readonly asked: number;
}

/** Listens on loopback until the test ends; whoever hangs then is cut. */
export async function startReceiver(t: Test, listener: RequestListener, host = '127.0.0.1'): Promise<Receiver> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.on('error', () => {});
    response.on('error', () => {});
    listener(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    get asked() {
      return asked;
    },
  };
}

/** A request's body, whole. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes the same piece again and again, as fast as it is taken, until the other end has enough. */
export function pour(response: ServerResponse, piece: Buffer, times: number): void {
  let left = times;
  const more = () => {
    while (left > 0) {
      left -= 1;
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}
