import type { Client, ClientOptions } from './client.ts';
import { createCore } from './core.ts';
import { pathOf } from './http.ts';
import { waitingFor } from './reply.ts';

/**
 * A client of a Parley server: hears and sends over a WebSocket, a stream or polling, whichever passes, keeps what it
 * holds complete over lost lines, and its unsent messages over reloads.
 *
 * @example
 * const client = createClient({ url: 'https://chat.example.com', token });
 * client.on('message', ({ message, added }) => added && show(message));
 * await client.connect();
 * client.send({ to: 'support' }, 'Hello!');
 */
export function createClient(options: ClientOptions): Client {
  const core = createCore(options);
  const { http, change } = core;
  const more: Omit<Client, keyof typeof core> = {
    reply: (message, given = {}) => http.json('POST', ...waitingFor(message, given)),
    patch: (conversationId, body) => change('PATCH', pathOf(conversationId), body),
    claim: (conversationId) => change('POST', pathOf(conversationId, '/claim')),
    unread: () => http.json('GET', '/v1/unread'),
  };
  // Not spread: what is read of it (`state`, `user`, `limits`) is read anew each time.
  return Object.assign(core, more);
}
