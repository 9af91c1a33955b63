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
};
