import { Type } from 'typebox';

/** The log, and the end. */
export const running = {
  logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    env: 'PARLEY_LOG_LEVEL',
    description: 'How much is logged. No level logs texts of messages, tokens or passwords.',
    default: 'info',
    example: 'warn',
  }),
  shutdownMs: Type.Integer({
    env: 'PARLEY_SHUTDOWN_MS',
    description: 'Milliseconds from the signal to stop until the process ends, whatever is still open.',
    default: 10_000,
    minimum: 100,
    maximum: 600_000,
    example: '30000',
  }),
};
