/** What an error of SQLite says about the storage itself, as opposed to the change that met it. */

export interface StorageTrouble {
  /** `full`: there is no room. `failing`: an I/O error. `damaged`: what is stored contradicts itself. */
  kind: 'full' | 'failing' | 'damaged';
  /** For whoever looks after the server. */
  reason: string;
}

const FAILING = ['SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'];
const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB'];

/** Null for errors that have nothing to do with the storage. */
export function storageTrouble(error: unknown): StorageTrouble | null {
  const code = codeOf(error);
  const among = (codes: readonly string[]) => codes.some((one) => code.startsWith(one));
  if (code === 'SQLITE_FULL') return { kind: 'full', reason: 'the disk is full' };
  if (among(FAILING)) return { kind: 'failing', reason: `the storage fails (${code})` };
  if (among(DAMAGED)) return { kind: 'damaged', reason: `the database is damaged (${code}): restore a backup` };
  return null;
}

/** Whether another process holds the file: to be tried again. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}
