/**
 * HTTP to where an admin's URL points, and to nowhere else: never to an address inside the house (see
 * guarded-addresses.ts), never on by a redirect, never longer or more than the caller allows, never to a server that
 * cannot prove its name. An address is judged three times: as a literal in the URL, as what a name resolves to, and as
 * what the socket is connected to. The look at names alone lets every spelling of 127.0.0.1 through.
 */
import { isIP } from 'node:net';
import type { buildConnector } from 'undici';
import { type Addresses, guardAddresses } from './guarded-addresses.ts';
import { guardedLookup, pacedLookup } from './guarded-lookup.ts';
import { OutboundAnswer } from './outbound-answer.ts';
import { faultOf, OutboundError } from './outbound-error.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Of an answer's header lines, all of them. */
const MAX_HEADER_BYTES = 16 * 1024;
/** The whole has one time, which is the caller's. */
const OWN_TIMES = { headersTimeout: 0, bodyTimeout: 0 };

export interface OutboundRequest {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** From now to the last byte of the answer. */
  timeoutMs: number;
  /** Of the answer's body, after decompression. */
  maxBytes: number;
  /** Whoever asks may lose interest. */
  signal?: AbortSignal;
}

export interface GuardedFetch {
  /**
   * Gives the answer's head; its body is read, or discarded, by the caller. A redirect is an answer like others: its
   * status is 3xx, and nobody follows it. Throws an `OutboundError`, as do the answer's readers.
   */
  (url: string, request: OutboundRequest): Promise<OutboundAnswer>;
  /** Ends every connection; what is under way fails. */
  close(): Promise<void>;
}

/** @param allow see `PARLEY_OUTBOUND_ALLOW` */
export function createGuardedFetch(allow: readonly string[]): GuardedFetch {
  const addresses = guardAddresses(allow);
  let client: ReturnType<typeof guardedClient> | null = null;
  const ask = async (
    url: string,
    { timeoutMs, maxBytes, signal, ...asked }: OutboundRequest,
  ): Promise<OutboundAnswer> => {
    const end = new AbortController();
    const late = setTimeout(() => end.abort(new OutboundError('time', `no answer within ${timeoutMs} ms`)), timeoutMs);
    const unwanted = () => end.abort(new OutboundError('aborted', 'the answer is wanted no longer'));
    if (signal?.aborted) unwanted();
    signal?.addEventListener('abort', unwanted);
    const over = () => {
      clearTimeout(late);
      signal?.removeEventListener('abort', unwanted);
    };
    try {
      const to = addressed(url);
      client ??= guardedClient(addresses);
      const { request, dispatcher } = await client;
      const response = await request(to, { ...asked, ...OWN_TIMES, signal: end.signal, dispatcher });
      return new OutboundAnswer(response, maxBytes, end, over);
    } catch (error) {
      over();
      throw faultOf(error, end.signal);
    }
  };
  return Object.assign(ask, { close: async () => (await client)?.agent.destroy() });
}

/** Loaded with the first that is asked: a start should not wait for it. */
async function guardedClient(addresses: Addresses) {
  const { Agent, buildConnector, interceptors, request } = await import('undici');
  const agent = new Agent({ connect: guardedConnector(addresses, buildConnector), maxHeaderSize: MAX_HEADER_BYTES });
  // An answer may be compressed without having been asked for it.
  const dispatcher = agent.compose(interceptors.decompress({ skipErrorResponses: false }));
  return { agent, dispatcher, request };
}

/** Whether such a URL could be asked at all; addresses are judged when it is asked. */
function isOutboundUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

function addressed(text: string): URL {
  if (!isOutboundUrl(text)) throw new OutboundError('url', 'only http and https URLs without a password are asked');
  return new URL(text);
}

function guardedConnector(addresses: Addresses, build: typeof buildConnector): buildConnector.connector {
  const ask = pacedLookup();
  const connectors = new Map(
    ['http:', 'https:'].map((protocol) => {
      const mayConnect = (address: string) => addresses.mayConnect(address, protocol);
      const lookup = guardedLookup(ask, mayConnect);
      return [protocol, { mayConnect, connect: connectorWith(lookup, build) }];
    }),
  );
  return (options, callback) => {
    const way = connectors.get(options.protocol);
    const literal = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (way === undefined || (isIP(literal) > 0 && !way.mayConnect(literal))) {
      callback(OutboundError.address(), null);
      return;
    }
    way.connect({ ...options, hostname: literal }, (error, socket) => {
      if (error !== null) return callback(error, null);
      if (way.mayConnect(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(OutboundError.address(), null);
    });
  };
}

/** HTTP/1.1 alone: one answer a connection, which ends with it. */
function connectorWith(
  lookup: ReturnType<typeof guardedLookup>,
  build: typeof buildConnector,
): buildConnector.connector {
  return build({ lookup, allowH2: false, timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true });
}
