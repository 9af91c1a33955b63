import { Type } from 'typebox';

/** How often one may do what costs. */
export const rates = {
  sendRate: Type.Integer({
    env: 'PARLEY_SEND_RATE',
    description: 'Messages a second that a user may send for long.',
    default: 10,
    minimum: 1,
    maximum: 1_000_000,
    example: '20',
  }),
  sendBurst: Type.Integer({
    env: 'PARLEY_SEND_BURST',
    description: 'Messages that a user may send at once.',
    default: 30,
    minimum: 1,
    maximum: 1_000_000,
    example: '60',
  }),
  visitorSendRate: Type.Integer({
    env: 'PARLEY_VISITOR_SEND_RATE',
    description: 'Messages a second that an anonymous visitor may send for long.',
    default: 2,
    minimum: 1,
    maximum: 1_000_000,
    example: '1',
  }),
  visitorSendBurst: Type.Integer({
    env: 'PARLEY_VISITOR_SEND_BURST',
    description: 'Messages that an anonymous visitor may send at once.',
    default: 10,
    minimum: 1,
    maximum: 1_000_000,
    example: '5',
  }),
  visitorsPerMinute: Type.Integer({
    env: 'PARLEY_VISITORS_PER_MINUTE',
    description: 'New visitors a minute from one address (of IPv6: from one /64).',
    default: 5,
    minimum: 1,
    maximum: 1_000_000,
    example: '20',
  }),
  loginsPerMinute: Type.Integer({
    env: 'PARLEY_LOGINS_PER_MINUTE',
    description: 'Attempts to log in a minute from one address (of IPv6: from one /64).',
    default: 10,
    minimum: 1,
    maximum: 1_000_000,
    example: '5',
  }),
};
