/** Keys of the server's own signing secret (Store.secret). */
import { createHmac } from 'node:crypto';

type Purpose =
  | 'own-token'
  | 'refresh'
  | 'ticket'
  | 'sealed'
  | 'bot-reply'
  | 'webhook'
  | 'push'
  | 'unsubscribe'
  | 'recovery'
  | 'search'
  | 'files';

/** A key of its own for each purpose, so that what one signs is never good for another. */
export function keyFor(secret: Buffer, purpose: Purpose): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}

/** Whose the files are that lie in a shared place: told by what stays over restores and moves. */
export function ownerOfFiles(secret: Buffer): string {
  return keyFor(secret, 'files').toString('hex');
}
