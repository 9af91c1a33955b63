/** What an error of the file system, or of where files are kept, means to whoever asks for one or brings one. */
import { Refusal } from '../protocol/refusal.ts';
import { PlaceError } from './place.ts';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const FAILING = ['EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ESTALE'];
const SHORT = ['EMFILE', 'ENFILE', 'ENOMEM'];
const RETRY_MS = 2_000;
const RETRY_PLACE_MS = 5_000;

/** Null for what says nothing about the storage. */
export function storageRefusal(error: unknown): Refusal | null {
  if (error instanceof PlaceError) {
    return new Refusal('OVERLOADED', { message: 'Files cannot be had at the moment.', retryMs: RETRY_PLACE_MS });
  }
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (FULL.includes(code)) return new Refusal('STORAGE_FULL', { retryMs: RETRY_MS });
  if (FAILING.includes(code)) {
    return new Refusal('STORAGE_FULL', {
      message: 'The server cannot store anything at the moment.',
      retryMs: RETRY_MS,
    });
  }
  return SHORT.includes(code) ? new Refusal('OVERLOADED', { retryMs: RETRY_MS }) : null;
}
