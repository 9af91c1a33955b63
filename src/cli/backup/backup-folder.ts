/**
 * A backup: a folder of the database, the attached files, the server's secret, and a manifest, which is written last:
 * where there is none, somebody was interrupted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Finding, type Held, inspectWhole } from '../../db/findings.ts';
import type { ConnectionOptions } from '../../db/pragmas.ts';
import { StartError } from '../../db/start-error.ts';
import { isWhole } from '../../files/copies.ts';
import { Folder } from '../../files/folder.ts';
import { isHash, type Place } from '../../files/place.ts';

/** Names in a backup, and in a data folder. */
export const DATABASE = 'parley.db';
export const FILES = 'files';
export const SECRET = 'secret';
export const MANIFEST = 'manifest.json';

const Manifest = Type.Object({
  version: Type.String(),
  createdAt: Type.String(),
  schema: Type.Integer(),
  conversations: Type.Integer(),
  messages: Type.Integer(),
  files: Type.Integer(),
  /** Hashes of files that were not there when it was made. */
  missing: Type.Array(Type.String()),
});
export type Manifest = Static<typeof Manifest>;

const manifestCheck = Compile(Manifest);

/** Throws where it is none. */
export function parseManifest(text: string): Manifest {
  return manifestCheck.Parse(JSON.parse(text));
}

/** Throws a `StartError` where there is no backup, or an unfinished one. */
export function readManifest(folder: string): Manifest {
  try {
    return parseManifest(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch (error) {
    throw new StartError(
      `${folder} is no backup, or one that was not finished: it has no ${MANIFEST} that can be read.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Reads all of a backup, or of a data folder: every page of the database, every byte of the files.
 *
 * @param files where they are; absent: in the folder
 * @param missing files that are known not to be there
 * @param onFile told how many files are done, and of how many
 */
export async function inspectFolder(
  folder: string,
  options: ConnectionOptions & {
    files?: Place | null;
    missing?: readonly string[];
    onFile?: (done: number, of: number) => void;
  } = {},
): Promise<{ findings: Finding[]; held: Held | null }> {
  const { files: given = null, missing = [], onFile = () => {}, ...connection } = options;
  const from = given ?? new Folder(join(folder, FILES));
  const { findings, held } = inspectWhole(join(folder, DATABASE), connection);
  const known = new Set(missing);
  const files = held?.files ?? [];
  for (const [place, { hash }] of files.entries()) {
    if (!isHash(hash)) {
      findings.push({ what: `an attached file is named ${JSON.stringify(hash)}`, todo: 'restore a backup' });
    } else if (!known.has(hash)) {
      const whole = await isWhole(from, hash);
      const how = whole === null ? 'is not there' : 'is not what it was';
      if (whole !== true)
        findings.push({ what: `the attached file ${hash} ${how}`, todo: 'put it back from a backup' });
    }
    onFile(place + 1, files.length);
  }
  return { findings, held };
}
