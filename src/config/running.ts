import { Type } from 'typebox';

/** The log, the metrics, and the end. */
export const running = {
  logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    env: 'PARLEY_LOG_LEVEL',
    description: 'How much is logged. No level logs texts of messages, tokens or passwords.',
    default: 'info',
    example: 'warn',
  }),
  metricsToken: Type.Optional(
    Type.String({
      env: 'PARLEY_METRICS_TOKEN',
      description: 'The Bearer token with which Prometheus reads `/metrics`. Not set: there is no such page.',
      example: '"$(openssl rand -base64 32)"',
      form: 'secret',
      secret: true,
    }),
  ),
  shutdownMs: Type.Integer({
    env: 'PARLEY_SHUTDOWN_MS',
    description: 'Milliseconds from the signal to stop until the process ends, whatever is still open.',
    default: 10_000,
    minimum: 100,
    maximum: 600_000,
    example: '30000',
  }),
};
