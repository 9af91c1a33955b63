/** What a release has left: a database that it wrote, and what it said of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Asked {
  token: string;
  /** Below `/v1`. */
  path: string;
  answer: unknown;
}

export interface Release {
  /** When it was stopped, ms: its sessions are good at that time. */
  at: number;
  secret: string;
  asked: Asked[];
}

/** Puts it into a data folder as it was left, and tells what it said. */
export function layRelease(name: string, folder: string): Release {
  const unpacked = (ending: string) => gunzipSync(readFileSync(join(import.meta.dirname, `${name}.${ending}.gz`)));
  const release: Release = JSON.parse(unpacked('json').toString());
  writeFileSync(join(folder, 'parley.db'), unpacked('db'), { mode: 0o600 });
  writeFileSync(join(folder, 'secret'), release.secret, { mode: 0o600 });
  return release;
}
