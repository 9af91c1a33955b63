/** The bytes of a file as an answer: whole, a range of them, or none where whoever asks has them (RFC 9110, 13 and 14). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenedFile } from '../chat/attachments/attachments.ts';
import { Refusal } from '../protocol/refusal.ts';
import { fileHeaders } from './file-headers.ts';

/** A part of a file, from its first byte to its last. */
interface Part {
  start: number;
  end: number;
}

/** @param cacheControl what is said of how long it may be kept, and by whom */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenedFile,
  cacheControl: string,
): Promise<FastifyReply> {
  const { headers } = request;
  const tag = `"${file.hash}"`;
  const about = () =>
    fileHeaders(reply, file).headers({ 'cache-control': cacheControl, etag: tag, 'accept-ranges': 'bytes' });
  const match = headers['if-match'];
  if (match !== undefined && !names(String(match), tag)) return about().code(412).send('');
  if (names(String(headers['if-none-match'] ?? ''), tag)) return about().code(304).send('');
  const part = isOfThis(headers['if-range']?.toString(), tag) ? partOf(headers.range, file.size) : null;
  if (part === 'none') {
    return about().code(416).header('content-range', `bytes */${file.size}`).send('');
  }
  const bytes = await file.read(part ?? undefined);
  if (bytes === null) throw new Refusal('NOT_FOUND');
  const { start, end } = part ?? { start: 0, end: file.size - 1 };
  about().header('content-length', String(end + 1 - start));
  if (part !== null) reply.code(206).header('content-range', `bytes ${start}-${end}/${file.size}`);
  return reply.send(bytes);
}

/** Whether a list of tags has it; a weak one names the same bytes here. */
function names(list: string, tag: string): boolean {
  return list.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
}

/** A date tells nothing: these bytes were never others. */
function isOfThis(ifRange: string | undefined, tag: string): boolean {
  return ifRange === undefined || ifRange.trim() === tag;
}

/** Null: the whole, also where several parts are asked for, or something that is no range. */
function partOf(range: string | undefined, size: number): Part | null | 'none' {
  const [whole, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(range ?? '') ?? [];
  if (whole === undefined || first + last === '') return null;
  const [start, end] =
    first === ''
      ? [Math.max(size - Number(last), 0), size - 1]
      : [Number(first), Math.min(last === '' ? size - 1 : Number(last), size - 1)];
  if (first !== '' && last !== '' && Number(last) < start) return null;
  return start <= end ? { start, end } : 'none';
}
