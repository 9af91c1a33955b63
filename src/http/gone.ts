/** Whether anybody still waits for an answer. */
import type { FastifyReply } from 'fastify';

/** Aborted when the other end hangs up before it was answered. */
export function hungUp(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
