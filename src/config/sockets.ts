import { Type } from 'typebox';
import {
  HEARTBEAT_MS,
  HELLO_WITHIN_MS,
  MAX_FRAME_BYTES,
  MAX_SOCKETS_PER_USER,
  PRESENCE_GRACE_MS,
} from '../protocol/limits.ts';

/** The life and the number of WebSockets. */
export const sockets = {
  maxFrame: Type.Integer({
    env: 'PARLEY_MAX_FRAME',
    description: 'Bytes of an inbound frame. 10,000 code points, escaped as they can be, are 120 KiB.',
    default: MAX_FRAME_BYTES,
    minimum: 16 * 1024,
    maximum: 16 * 1024 * 1024,
    example: '262144',
  }),
  helloTimeoutMs: Type.Integer({
    env: 'PARLEY_HELLO_TIMEOUT_MS',
    description: 'Milliseconds that a new socket has to say `hello`.',
    default: HELLO_WITHIN_MS,
    minimum: 100,
    maximum: 600_000,
    example: '5000',
  }),
  heartbeatMs: Type.Integer({
    env: 'PARLEY_HEARTBEAT_MS',
    description: 'Milliseconds between heartbeats; a socket that misses two is gone.',
    default: HEARTBEAT_MS,
    minimum: 100,
    maximum: 3_600_000,
    example: '15000',
  }),
  presenceGraceMs: Type.Integer({
    env: 'PARLEY_PRESENCE_GRACE_MS',
    description: 'Milliseconds after the last socket of a user has gone until they count as offline.',
    default: PRESENCE_GRACE_MS,
    minimum: 0,
    maximum: 600_000,
    example: '30000',
  }),
  socketsPerUser: Type.Integer({
    env: 'PARLEY_SOCKETS_PER_USER',
    description: 'Open sockets of one user.',
    default: MAX_SOCKETS_PER_USER,
    minimum: 1,
    maximum: 1_000_000,
    example: '50',
  }),
  socketsPerAddress: Type.Integer({
    env: 'PARLEY_SOCKETS_PER_ADDRESS',
    description: 'Open sockets of anonymous visitors from one address (of IPv6: from one /64).',
    default: 100,
    minimum: 1,
    maximum: 1_000_000,
    example: '500',
  }),
  helloSocketsPerAddress: Type.Integer({
    env: 'PARLEY_HELLO_SOCKETS_PER_ADDRESS',
    description: 'Open sockets from one address (of IPv6: from one /64) that have not said `hello` yet.',
    default: 20,
    minimum: 1,
    maximum: 1_000_000,
    example: '100',
  }),
  maxSockets: Type.Integer({
    env: 'PARLEY_MAX_SOCKETS',
    description:
      'Open sockets of the whole process; one more gets 503. Fewer where the limit of open files (`ulimit -n`) leaves no room.',
    default: 20_000,
    minimum: 1,
    maximum: 1_000_000,
    example: '5000',
  }),
  socketBufferBytes: Type.Integer({
    env: 'PARLEY_SOCKET_BUFFER_BYTES',
    description: 'Bytes that may wait for a socket that does not drain; past them it is closed and told to sync.',
    default: 1024 * 1024,
    minimum: 64 * 1024,
    maximum: 1024 * 1024 * 1024,
    example: '4194304',
  }),
};
