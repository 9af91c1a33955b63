/** Bytes and their records: counted where a record comes or goes, and gone with the last one. */
import type { AttachmentRow, FileRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Publication } from '../publication.ts';
import type { Case } from './rule.ts';

/** The row of these bytes. Needs `want.file(hash)`; refuses when all files together would be too many. */
export function fileOf({ set, at, limits }: Case, { hash, size }: Pick<FileRow, 'hash' | 'size'>): FileRow {
  const known = set.filesByHash.get(hash);
  if (known) return known;
  if (set.meta.fileBytes + size > limits.filesTotal) throw new Refusal('STORAGE_FULL');
  const file: FileRow = { id: set.nextId(), hash, size, records: 0, avatar: null, createdAt: at };
  set.addFile(file);
  set.marked.files.insert(file);
  set.meta.fileBytes += size;
  return file;
}

export function addRecord({ set }: Case, file: FileRow): void {
  file.records += 1;
  set.marked.files.save(file);
}

/**
 * Takes attachments away, whoever had them; they must be in the set, as `want.message` and `want.attachment` bring
 * them.
 *
 * @returns what tells that bytes are to go, when these were their last records
 */
export function removeAttachments(given: Case, rows: readonly AttachmentRow[]): Publication[] {
  const { set } = given;
  const gone: string[] = [];
  for (const row of rows) {
    set.marked.attachments.remove(row);
    set.attachments.set(row.uuid, null);
    if (row.message !== null) set.attachmentsOf.delete(row.message);
    else countWaiting(given, row.uploader, -1);
    const file = row.file === null ? undefined : set.files.get(row.file);
    if (file === undefined) continue;
    file.records -= 1;
    set.marked.files.save(file);
    gone.push(...dropUnused(given, file));
  }
  return gone.length === 0 ? [] : [{ type: 'files', gone }];
}

/** Takes the file's row away when nothing has it any more; gives its hash then. */
export function dropUnused({ set }: Case, file: FileRow): string[] {
  if (file.records > 0 || file.avatar !== null) return [];
  set.marked.files.remove(file);
  set.files.delete(file.id);
  set.filesByHash.set(file.hash, null);
  set.meta.fileBytes -= file.size;
  return [file.hash];
}

/** Where it is known in this batch how many of a user's attachments wait, one more or less does. */
export function countWaiting({ set }: Case, user: number | null, by: 1 | -1): void {
  const waiting = user === null ? undefined : set.waitingOf.get(user);
  if (user !== null && waiting !== undefined) set.waitingOf.set(user, waiting + by);
}
