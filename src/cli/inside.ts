/**
 * What Parley needs besides its own code: the pages, what threads run, SQLite's addon, the API page's files. In a
 * checkout they lie in folders; the one binary (bin/build-binary.mjs) carries them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { StartError } from '../db/start-error.ts';
import type { ThreadSource } from '../db/thread.ts';
import type { Pages } from '../http/page-files.ts';
import { unpack } from './unpack.ts';

/** Names of the binary's assets. */
const ADDON = 'better_sqlite3.node';
/** What the folder is called that it is unpacked to. */
const ADDON_FOLDER = 'unpacked-to';
const READER = 'reader.cjs';
/** What the threads of an import run, in a checkout; in the binary each is an asset of its name. */
const IMPORT_THREADS = { index: '../db/index-thread.ts', rows: './import/rows-thread.ts' } as const;
const PAGES = 'pages/';
const API_PAGE = 'api-page/';

/** Handed to whoever opens a store; empty in a checkout, where the driver finds its addon by itself. */
export interface Native {
  nativeBinding?: string;
}

/** The pages as they were built last; none in a checkout where nobody has built them, which `npm start` does. */
export async function builtPages(): Promise<Pages> {
  // Loaded here and not above: with what reads them came two thirds of all that `parley import` loaded.
  const { noPages, readPages } = await import('../http/page-files.ts');
  if (isSea()) return readPages((name) => asset(`${PAGES}${name}`));
  const pagesFolder = new URL('../../dist/pages/', import.meta.url);
  if (!existsSync(fileURLToPath(new URL('manifest.json', pagesFolder)))) return noPages;
  return readPages((name) => readFileSync(new URL(name, pagesFolder)));
}

/** What the stores need. Throws a `StartError` when the binary's addon can be put nowhere. */
export function native(): Native {
  return isSea() ? { nativeBinding: join(unpacked(), ADDON) } : {};
}

/** The same for the whole server. */
export function carried(): Native & { readerThread?: ThreadSource; readApiPage?: (name: string) => Uint8Array } {
  if (!isSea()) return {};
  const code = new TextDecoder().decode(asset(READER));
  return { ...native(), readerThread: { code }, readApiPage: (name) => asset(`${API_PAGE}${name}`) };
}

/** What a thread of an import runs. */
export function threadSource(name: keyof typeof IMPORT_THREADS): ThreadSource {
  if (!isSea()) return { file: new URL(IMPORT_THREADS[name], import.meta.url) };
  return { code: new TextDecoder().decode(asset(`${name}.cjs`)) };
}

function asset(name: string): Uint8Array {
  return new Uint8Array(getRawAsset(name));
}

let folder: string | undefined;

/** Once a process. */
function unpacked(): string {
  if (folder !== undefined) return folder;
  const files = new Map([[ADDON, asset(ADDON)]]);
  const owner = process.getuid?.();
  try {
    folder = unpack(new TextDecoder().decode(asset(ADDON_FOLDER)), files, places(owner), owner);
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(`SQLite cannot be unpacked (${message}): set XDG_CACHE_HOME to a folder of this user's own.`, {
      cause: error,
    });
  }
  return folder;
}

/** The user's cache; where there is none (a service without a home), a folder of theirs beside other temporary files. */
function places(owner: number | undefined): string[] {
  const { XDG_CACHE_HOME: cache = '' } = process.env;
  const own = cache.startsWith('/') ? [join(cache, 'parley')] : [join(homedir(), '.cache', 'parley')];
  return [...own, join(tmpdir(), owner === undefined ? 'parley' : `parley-${owner}`)];
}
