/** What is answered to who does not speak HTTP, or takes too long to; before there is a request to answer. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const STATUS = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
]);

/**
 * @param uploading sockets that bring a file: a large one takes longer than other requests may, and has a pace to keep
 */
export function clientErrors(uploading: WeakSet<Socket>) {
  return function answer(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && uploading.has(socket)) return;
    this.log.trace({ err: error }, 'no request that can be read');
    const status = STATUS.get(error.code ?? '') ?? 400;
    if (socket.writable) {
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    }
    socket.destroy(error);
  };
}
