/**
 * Lets go of the request that opened a socket: its request, reply and response would else live as long as the line,
 * two thirds of what an idle one weighs. It reaches into what Node keeps at the raw socket, and does nothing where that
 * is not as expected.
 */
import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** The caller attaches a listener for errors in the same turn: the plugin's own goes with its request. */
export function letGoOfRequest(socket: WebSocket, raw: Socket): void {
  socket.removeAllListeners('error');
  const response = '_httpMessage' in raw ? raw._httpMessage : null;
  if (response instanceof ServerResponse) response.detachSocket(raw);
}
