import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { noPages, type Pages, readPages } from '../http/page-files.ts';

const folder = new URL('../../dist/pages/', import.meta.url);

/** The pages as they were built last; none where nobody has built them, which `npm start` does. */
export function builtPages(): Pages {
  if (!existsSync(fileURLToPath(new URL('manifest.json', folder)))) return noPages;
  return readPages((name) => readFileSync(new URL(name, folder)));
}
