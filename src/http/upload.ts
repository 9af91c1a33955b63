/** Files in request bodies: multipart/form-data with one part, `file`, read as it comes. */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Part } from '../chat/attachments/receiver.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';

/** What multipart adds to a file: boundaries, headers, a long name. */
const ENVELOPE_BYTES = 16 * 1024;
/** How long what is not read of a refused body may go on coming, so that its sender reads the answer (ms). */
const DRAIN_MS = 2_000;
const STOPPING_RETRY_MS = 1_000;

/** What the parser says of a body that is none; the file system's errors have other words. */
const NO_MULTIPART = /multipart|boundary|malformed|premature close|aborted/i;

export type TakeFile = <T>(
  request: FastifyRequest,
  maxBytes: number,
  take: (parts: AsyncIterable<Part>) => Promise<T>,
) => Promise<T>;

/**
 * Lets the routes of `app` take files.
 *
 * @param uploading told of the sockets that bring one, while they do
 */
export async function fileTaker(app: FastifyInstance, uploading: WeakSet<Socket>): Promise<TakeFile> {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { files: 1, fields: 0, parts: 1, fileSize: Number.POSITIVE_INFINITY, fieldNameSize: 100, headerPairs: 20 },
  });
  const coming = new Set<Readable>();
  app.addHook('preClose', async () => {
    for (const bytes of coming) {
      bytes.destroy(new Refusal('OVERLOADED', { message: 'The server is stopping.', retryMs: STOPPING_RETRY_MS }));
    }
  });

  async function* partsOf(request: FastifyRequest): AsyncGenerator<Part> {
    for await (const part of request.parts()) {
      if (part.type !== 'file') throw misshapen(part.fieldname, 'is not known here');
      if (part.fieldname !== 'file') throw misshapen(part.fieldname, 'is not known here: the part must be called file');
      coming.add(part.file);
      try {
        yield { name: part.filename, bytes: part.file };
      } finally {
        coming.delete(part.file);
      }
    }
  }

  return async (request, maxBytes, take) => {
    if (!request.isMultipart()) throw new Refusal('UNSUPPORTED_TYPE');
    const { socket } = request.raw;
    uploading.add(socket);
    try {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes + ENVELOPE_BYTES) {
        throw new Refusal('TOO_LARGE', { details: { maxFile: maxBytes } });
      }
      return await take(partsOf(request));
    } catch (error) {
      drain(request);
      throw refusalOf(error) ?? error;
    } finally {
      uploading.delete(socket);
    }
  };
}

function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/^FST_(PARTS|FILES|FIELDS)_LIMIT$/.test(code)) return misshapen('', 'must hold one part, file');
  return NO_MULTIPART.test(message) ? misshapen('', 'must be multipart/form-data, to its last boundary') : null;
}

/** Most clients read the answer only when they have said all; and who never ends is cut off. */
function drain({ raw }: FastifyRequest): void {
  if (raw.readableEnded || raw.destroyed) return;
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), DRAIN_MS).unref();
  raw.once('close', () => clearTimeout(timer));
}
