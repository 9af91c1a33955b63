/** What is known of a request itself, for a conversation that it may begin. */
import type { FastifyRequest } from 'fastify';
import type { Chat } from '../chat/chat.ts';
import type { About } from '../chat/messages.ts';

/** @param ifSeq the newest message that the sender has seen */
export function aboutOf(request: FastifyRequest, { contexts }: Pick<Chat, 'contexts'>, ifSeq?: number): About {
  const { caller } = request;
  const context = caller.kind === 'user' ? contexts.of(caller.id) : undefined;
  return {
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    ...(ifSeq === undefined ? {} : { ifSeq }),
    ...(context === undefined ? {} : { context }),
  };
}
