import { Type } from 'typebox';

/** What Parley may reach of the outside. */
export const outgoing = {
  outboundAllow: Type.Array(Type.String(), {
    env: 'PARLEY_OUTBOUND_ALLOW',
    description:
      'Private addresses or networks (CIDR), by comma, that bots and webhooks may reach, by plain http too. ' +
      'Without them only public addresses are, and by TLS alone.',
    default: [],
    example: '127.0.0.1,10.1.2.0/24',
    form: 'network',
  }),
  webhookTimeoutMs: Type.Integer({
    env: 'PARLEY_WEBHOOK_TIMEOUT_MS',
    description: 'Milliseconds that a webhook has to answer.',
    default: 10_000,
    minimum: 100,
    maximum: 60_000,
    example: '5000',
  }),
  webhookRetryMs: Type.Integer({
    env: 'PARLEY_WEBHOOK_RETRY_MS',
    description: 'Milliseconds from a failure of a webhook to the next attempt; doubled each time, an hour at most.',
    default: 5_000,
    minimum: 100,
    maximum: 3_600_000,
    example: '1000',
  }),
  webhookRetryHours: Type.Integer({
    env: 'PARLEY_WEBHOOK_RETRY_HOURS',
    description: 'Hours after which an event is given up. A webhook at which nothing arrived in that time is disabled.',
    default: 24,
    minimum: 1,
    maximum: 720,
    example: '72',
  }),
  webhookAddresses: Type.Boolean({
    env: 'PARLEY_WEBHOOK_ADDRESSES',
    description: "Whether webhooks are told the customer's address and browser (`team.ip`, `team.userAgent`).",
    default: false,
    example: 'true',
  }),
};
