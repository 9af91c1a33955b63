/** A TCP connection that has been upgraded by hand, for frames that no WebSocket library would send. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';

export interface RawSocket {
  socket: Socket;
  /** The code of the close frame that came, 1006 when the socket ended without one. */
  closed: Promise<number>;
}

/**
 * A connection on which an upgrade was asked for, whatever came of it.
 * @param headers further lines of the request, whole
 */
export async function ask(t: Test, url: string, path: string, headers: string[] = []): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  const request = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...headers,
  ];
  socket.write(`${request.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** {@link ask}, with a WebSocket that comes of it. */
export async function upgrade(t: Test, url: string, headers: string[] = []): Promise<RawSocket> {
  const socket = await ask(t, url, '/v1/ws', headers);
  let received: Buffer = Buffer.alloc(0);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.includes('\r\n\r\n')) resolve();
    });
  });
  const head = received.subarray(0, received.indexOf('\r\n\r\n')).toString();
  if (!head.startsWith('HTTP/1.1 101')) throw new Error(`not upgraded: ${head}`);
  received = received.subarray(received.indexOf('\r\n\r\n') + 4);
  socket.on('error', () => {});
  const closed = new Promise<number>((resolve) => {
    socket.on('close', () => resolve(closeCode(received)));
  });
  // Whoever is told to close has to end the connection: ws waits for that, and we are the other end.
  socket.on('data', () => {
    if (closeCode(received) !== 1006) socket.end();
  });
  return { socket, closed };
}

/** Reads over the server's frames (never masked, never of 64 KiB here) to the close. */
function closeCode(received: Buffer): number {
  for (let at = 0; at + 2 <= received.length; ) {
    const opcode = (received[at] as number) & 0x0f;
    let length = (received[at + 1] as number) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      length = received.readUInt16BE(start);
      start += 2;
    }
    if (opcode === 8) return length >= 2 && start + 2 <= received.length ? received.readUInt16BE(start) : 1006;
    at = start + length;
  }
  return 1006;
}

/**
 * One frame.
 * @param first the first byte: FIN, RSV1 to 3, opcode
 * @param lie a length to tell in place of the true one
 */
export function frame(first: number, payload: Buffer | string, { masked = true, lie = -1 } = {}): Buffer {
  const body = Buffer.from(payload);
  const told = lie < 0 ? body.length : lie;
  const bit = masked ? 0x80 : 0;
  const head =
    told < 126
      ? Buffer.from([first, bit | told])
      : told < 65_536
        ? Buffer.from([first, bit | 126, told >> 8, told & 0xff])
        : Buffer.concat([Buffer.from([first, bit | 127]), eightBytes(told)]);
  if (!masked) return Buffer.concat([head, body]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, body.map((byte, index) => byte ^ (mask[index % 4] as number))]);
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
