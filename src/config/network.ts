import { Type } from 'typebox';

/** Where Parley listens, and whom it believes. */
export const network = {
  host: Type.String({
    env: 'PARLEY_HOST',
    description: 'Address or host name to listen on. `0.0.0.0` or `::` lets other machines in.',
    default: '127.0.0.1',
    example: '0.0.0.0',
    form: 'host',
  }),
  port: Type.Integer({
    env: 'PARLEY_PORT',
    description: 'Port to listen on; 0 takes a free one.',
    default: 4000,
    minimum: 0,
    maximum: 65_535,
    example: '4001',
  }),
  publicUrl: Type.Optional(
    Type.String({
      env: 'PARLEY_PUBLIC_URL',
      description: 'Where people reach Parley from outside: the base of every link, and its own origin.',
      example: 'https://chat.example.com',
      form: 'origin',
    }),
  ),
  origins: Type.Array(Type.String(), {
    env: 'PARLEY_ORIGINS',
    description:
      'Origins of the pages that may call Parley from a browser, by comma. None: only pages of its own origin, and programs.',
    default: [],
    example: 'https://example.com,https://www.example.com',
    form: 'origin',
  }),
  trustProxy: Type.Array(Type.String(), {
    env: 'PARLEY_TRUST_PROXY',
    description:
      'Proxies whose `X-Forwarded-For` is believed: addresses or networks (CIDR), by comma. ' +
      'Without them everybody behind a proxy seems to have its address.',
    default: [],
    example: '127.0.0.1,10.0.0.0/8',
    form: 'network',
  }),
};
