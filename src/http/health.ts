/** For whatever watches the process: whether it lives, and whether it should be sent requests. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';

export interface HealthOptions {
  /** Why it should not be sent requests right now; null: it should. */
  trouble: () => string | null;
  /** Why it cannot do all that it should, while it does what matters; null: it can. */
  lesser: () => string | null;
}

const Health = Type.Object({ status: Type.Enum(['ok', 'unavailable']), reason: Type.Optional(Type.String()) });

export const health: FastifyPluginAsyncTypebox<HealthOptions> = async (app, { trouble, lesser }) => {
  app.get(
    '/healthz',
    { schema: { tags: ['health'], summary: 'Whether the process lives', security: [{}], response: { 200: Health } } },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether it can store what it is sent',
        security: [{}],
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const reason = trouble();
      const less = lesser();
      if (reason === null) return less === null ? { status: 'ok' as const } : { status: 'ok' as const, reason: less };
      return reply.code(503).send({ status: 'unavailable' as const, reason });
    },
  );
};
