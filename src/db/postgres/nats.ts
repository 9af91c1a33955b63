/**
 * A NATS server that carries what servers say to each other: typing, presence, what a bot is writing. What is durable does
 * not pass through it, so nothing that it loses is lost.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { StartError } from '../start-error.ts';
import type { Carrier, Ears } from './carrier.ts';

/** Between two tries to come back. */
const RETRY_MS = 500;
const CONNECT_MS = 10_000;
/** A connection that is cut says nothing: after two of these without an answer it is taken for lost. */
const PING_MS = 5_000;

/**
 * Throws {@link StartError}, in which no password stands, where there is no connection; one that is lost comes back by itself.
 *
 * @param url `nats://` or `tls://`, perhaps a name and a password, a host and perhaps a port
 * @param subject of the servers that hear each other
 */
export async function openNats(url: string, subject: string, ears: Ears): Promise<Carrier> {
  const connection = await connected(url);
  let isThere = true;
  connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) ears.onError(error);
      else ears.onSaid(message.string());
    },
  });
  // What is sent to it next comes behind what was asked of it.
  await connection.flush();
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') isThere = false;
      if (status.type === 'error') ears.onError(status.error);
      if (status.type !== 'reconnect') continue;
      isThere = true;
      ears.onBack();
    }
  })();
  return {
    get isThere() {
      return isThere;
    },
    send(payloads) {
      // It would keep them, and say them late.
      if (isThere && !connection.isClosed()) for (const payload of payloads) connection.publish(subject, payload);
    },
    async close() {
      isThere = false;
      await connection.close();
    },
  };
}

async function connected(url: string): Promise<NatsConnection> {
  // Few have one.
  const { connect } = await import('@nats-io/transport-node');
  const { protocol, host, hostname, username, password } = new URL(url);
  try {
    return await connect({
      servers: host,
      ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      ...(protocol === 'tls:' ? { tls: {} } : {}),
      name: 'parley',
      noEcho: true,
      timeout: CONNECT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RETRY_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
    });
  } catch (error) {
    throw new StartError(`The NATS server on ${hostname} cannot be used (${(error as Error).message}).`, {
      cause: error,
    });
  }
}
