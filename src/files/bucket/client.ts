/**
 * Requests to a bucket of an S3 store: signed, tried again where that may help, and never longer than they should be. Each
 * of them may be said twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { AwsV4Signer } from 'aws4fetch';
import type { Agent, Dispatcher } from 'undici';
import { PlaceError } from '../place.ts';

export interface BucketOptions {
  bucket: string;
  /** The beginning of every key, without a slash at its end; '' for none. */
  prefix: string;
  /** `https://host`, of the whole store. */
  endpoint: string;
  region: string;
  keyId: string;
  secretKey: string;
  /** Whether the bucket stands in the address's path; else in its host's name. */
  pathStyle: boolean;
  /** How long the store may say nothing, be it an answer's head, its next piece, or taking a piece of a file (ms). */
  silenceMs?: number;
}

export interface Asked {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Below the prefix; absent: the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  range?: string;
  body?: {
    /** SHA-256, hex: signed with the rest, so that the store takes these bytes or none. */
    hash: string;
    size: number;
    /** Tells `moved` whenever some of it was taken. */
    open: (moved: () => void) => AsyncIterable<Uint8Array>;
  };
}

export type Answer = Dispatcher.ResponseData;

const SILENCE_MS = 20_000;
const CONNECT_MS = 5_000;
const TRIES = 3;
const PAUSE_MS = 200;
/** Of an answer that says what is wrong. */
const MAX_ERROR_BYTES = 64 * 1024;
/** Of no body. */
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A wrong key, a clock that is wrong, a bucket that is elsewhere, not there or not ours: waiting does not help. */
const REFUSING: ReadonlySet<number> = new Set([301, 307, 308, 400, 401, 403, 404, 405, 501]);

export class BucketClient {
  private readonly options: BucketOptions;
  private readonly silenceMs: number;
  private agent: Agent | null = null;
  private signing: typeof AwsV4Signer | null = null;
  /** The day's keys, which the signer keeps. */
  private readonly cache = new Map<string, ArrayBuffer>();

  constructor(options: BucketOptions) {
    this.options = options;
    this.silenceMs = options.silenceMs ?? SILENCE_MS;
  }

  /** The address of a key, or of the bucket. */
  urlOf({ key, query = {} }: Pick<Asked, 'key' | 'query'>): URL {
    const { bucket, prefix, endpoint, pathStyle } = this.options;
    const url = new URL(endpoint);
    if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
    const parts = [
      ...(pathStyle ? [bucket] : []),
      ...(key === undefined ? [] : [...prefix.split('/'), ...key.split('/')]),
    ];
    url.pathname = parts
      .filter((part) => part !== '')
      .map(encodeURIComponent)
      .join('/');
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  /**
   * Gives an answer of 200, 204 or 206, whose body is to be read or let go, or null for 404 of a key. Throws a
   * {@link PlaceError}.
   */
  async ask(asked: Asked): Promise<Answer | null> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.once(asked);
      } catch (error) {
        if (isOfDisk(error)) throw error;
        const told = error instanceof PlaceError ? error : this.unreachable(error);
        // Who has waited for nothing once is not to wait for it twice more.
        if (tries === TRIES || told.isRefusal || isLate(error)) throw told;
        await pause(PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2));
      }
    }
  }

  private async once(asked: Asked): Promise<Answer | null> {
    const { method, range, body } = asked;
    const { AwsV4Signer, agent } = await this.tools();
    const { region, keyId, secretKey } = this.options;
    const signer = new AwsV4Signer({
      method,
      url: this.urlOf(asked).href,
      headers: { 'x-amz-content-sha256': body?.hash ?? EMPTY_HASH },
      service: 's3',
      region,
      accessKeyId: keyId,
      secretAccessKey: secretKey,
      cache: this.cache,
    });
    const { url, headers } = await signer.sign();
    const pace = new Pace(this.silenceMs);
    try {
      const answer = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: {
          ...Object.fromEntries(headers),
          ...(range === undefined ? {} : { range }),
          ...(body === undefined ? {} : { 'content-length': String(body.size) }),
        },
        body: body === undefined ? null : (body.open(() => pace.moved()) as never),
        signal: pace.signal,
      });
      if ([200, 204, 206].includes(answer.statusCode)) return answer;
      return await this.refused(asked, answer);
    } finally {
      pace.end();
    }
  }

  /** Both are loaded when a bucket is used: most servers have none. */
  private async tools() {
    this.signing ??= (await import('aws4fetch')).AwsV4Signer;
    if (this.agent === null) {
      const undici = await import('undici');
      // The pace of the whole until its head is this file's own; that of a body, while somebody reads it, the client's.
      this.agent = new undici.Agent({
        headersTimeout: 0,
        bodyTimeout: this.silenceMs,
        connect: { timeout: CONNECT_MS },
      });
    }
    return { AwsV4Signer: this.signing, agent: this.agent };
  }

  private async refused({ method, key }: Asked, answer: Answer): Promise<null> {
    const { statusCode: status } = answer;
    const text = await beginningOf(answer);
    const code = /<Code>([\w.]+)<\/Code>/.exec(text)?.[1] ?? '';
    if (status === 404 && key !== undefined && code !== 'NoSuchBucket') return null;
    const said = [status, code].filter((one) => one !== '').join(' ');
    throw new PlaceError(`${this.name} answers ${said} to ${method}.`, {
      isRefusal: REFUSING.has(status) && code !== 'RequestTimeout',
    });
  }

  get name(): string {
    const { bucket, prefix, endpoint } = this.options;
    return `The bucket s3://${[bucket, prefix].filter((part) => part !== '').join('/')} at ${new URL(endpoint).host}`;
  }

  /** As an error of the way there, or of an answer that broke off, is told. */
  unreachable(error: unknown): PlaceError {
    const { code, message } = (error ?? {}) as { code?: string; message?: string };
    return new PlaceError(`${this.name} cannot be reached (${code ?? message}).`, { cause: error });
  }

  async close(): Promise<void> {
    await this.agent?.destroy();
  }
}

/** Cuts a request off whose other side neither takes nor says anything. */
class Pace {
  private readonly cut = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(silenceMs: number) {
    const late = Object.assign(new Error('it says nothing'), { code: 'ETIMEDOUT' });
    this.timer = setTimeout(() => this.cut.abort(late), silenceMs);
  }

  get signal(): AbortSignal {
    return this.cut.signal;
  }

  moved(): void {
    this.timer.refresh();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

function isLate(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT';
}

/** Of a file of this machine's, as opposed to the way to the store. */
export function isOfDisk(error: unknown): boolean {
  const { syscall, path } = (error ?? {}) as { syscall?: unknown; path?: unknown };
  return syscall === 'write' || syscall === 'read' || (syscall !== undefined && path !== undefined);
}

async function beginningOf({ body }: Answer): Promise<string> {
  let text = '';
  try {
    for await (const piece of body) {
      text += String(piece);
      if (text.length > MAX_ERROR_BYTES) break;
    }
  } catch {
    // The status has said enough.
  }
  return text;
}
