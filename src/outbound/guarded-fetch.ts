/**
 * HTTP to where an admin's URL points, and to nowhere else: never to an address inside the house (see
 * guarded-addresses.ts), never on by a redirect, never longer or more than the caller allows, never to a server that
 * cannot prove its name. An address is judged three times: as a literal in the URL, as what a name resolves to, and as
 * what the socket is connected to. The look at names alone lets every spelling of 127.0.0.1 through.
 */
import { isIP } from 'node:net';
import type { buildConnector } from 'undici';
import { type Brief, BriefAnswer, type BriefBounds } from './brief-answer.ts';
import { type Addresses, guardAddresses } from './guarded-addresses.ts';
import { guardedLookup, pacedLookup } from './guarded-lookup.ts';
import { OutboundAnswer } from './outbound-answer.ts';
import { OutboundError } from './outbound-error.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Of an answer's header lines, all of them. */
const MAX_HEADER_BYTES = 16 * 1024;
/**
 * Bytes that a connection reads before it is asked for them. While a bot's answer rests (outbound-answer.ts), its words
 * come one by one: they wait with the kernel, and are then read at once.
 */
const READ_AHEAD = 1;
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

/** What is posted to whom only says whether they took it. */
export interface OutboundPost extends BriefBounds {
  headers: Record<string, string>;
  body: string;
  /** From now to the last byte of the answer that is read. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface GuardedFetch {
  /**
   * Gives the answer's head; its body is read, or discarded, by the caller. A redirect is an answer like others: its
   * status is 3xx, and nobody follows it. Throws an `OutboundError`, as do the answer's readers.
   */
  (url: string, request: OutboundRequest): Promise<OutboundAnswer>;
  /** Posts, and gives the answer's status and its beginning, at half the work of a whole answer. Throws the same. */
  post(url: string, post: OutboundPost): Promise<Brief>;
  /** Ends every connection; what is under way fails. */
  close(): Promise<void>;
}

/** @param allow see `PARLEY_OUTBOUND_ALLOW` */
export function createGuardedFetch(allow: readonly string[]): GuardedFetch {
  const addresses = guardAddresses(allow);
  let client: ReturnType<typeof guardedClient> | null = null;
  let closed = false;

  async function dispatcher() {
    client ??= guardedClient(addresses);
    const { dispatcher } = await client;
    if (closed) throw OutboundError.unwanted();
    return dispatcher;
  }

  const ask = async (
    url: string,
    { method = 'GET', timeoutMs, maxBytes, signal, ...asked }: OutboundRequest,
  ): Promise<OutboundAnswer> => {
    const target = { ...addressed(url), method };
    const way = await dispatcher();
    const over = endsBy(timeoutMs, signal, (why) => answer.end(why));
    const answer = new OutboundAnswer(maxBytes, over);
    way.dispatch({ ...target, ...asked, ...OWN_TIMES }, answer);
    await answer.begun;
    return answer;
  };
  const post = async (url: string, { timeoutMs, signal, headers, body, ...bounds }: OutboundPost): Promise<Brief> => {
    const target = { ...addressed(url), method: 'POST' as const };
    const way = await dispatcher();
    const over = endsBy(timeoutMs, signal, (why) => answer.end(why));
    const answer = new BriefAnswer(bounds, over);
    way.dispatch({ ...target, headers, body, ...OWN_TIMES }, answer);
    return answer.whole;
  };
  const close = async (): Promise<void> => {
    closed = true;
    await (await client)?.agent.destroy();
  };
  return Object.assign(ask, { post, close });
}

/** Loaded with the first that is asked: a start should not wait for it. */
async function guardedClient(addresses: Addresses) {
  const { Agent, buildConnector, interceptors } = await import('undici');
  const agent = new Agent({ connect: guardedConnector(addresses, buildConnector), maxHeaderSize: MAX_HEADER_BYTES });
  // An answer may be compressed without having been asked for it.
  const dispatcher = agent.compose(interceptors.decompress({ skipErrorResponses: false }));
  return { agent, dispatcher };
}

/**
 * Calls `end` when the time is over or whoever asked loses interest, unless the function it gives is called before.
 * Throws where there is no interest to begin with.
 */
function endsBy(timeoutMs: number, signal: AbortSignal | undefined, end: (why: OutboundError) => void): () => void {
  if (signal?.aborted) throw OutboundError.unwanted();
  const late = setTimeout(() => end(new OutboundError('time', `no answer within ${timeoutMs} ms`)), timeoutMs);
  const unwanted = () => end(OutboundError.unwanted());
  signal?.addEventListener('abort', unwanted);
  return () => {
    clearTimeout(late);
    signal?.removeEventListener('abort', unwanted);
  };
}

/** Where a URL leads that may be asked at all; addresses are judged when it is asked. */
function addressed(text: string): { origin: string; path: string } {
  const url = URL.parse(text);
  const byHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !byHttp || url.username !== '' || url.password !== '') {
    throw new OutboundError('url', 'only http and https URLs without a password are asked');
  }
  return { origin: url.origin, path: url.pathname + url.search };
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
  const own = { allowH2: false, timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true, highWaterMark: READ_AHEAD };
  return build({ lookup, ...own });
}
