/** The built pages in memory: what `bin/build-pages.mjs` wrote, by the path at which each is served. */
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** A file of the pages, with its compressed forms. */
export interface PageFile {
  type: string;
  /** Its name changes with its content: browsers may keep it for ever. */
  immutable: boolean;
  etag: string;
  /** By content coding; `identity` is the file itself. */
  forms: ReadonlyMap<'br' | 'gzip' | 'identity', Uint8Array>;
}

/** The pages by path: `/widget.js`, `/console`. */
export type Pages = ReadonlyMap<string, PageFile>;

export const noPages: Pages = new Map();

const manifestOf = Compile(
  Type.Object({
    files: Type.Array(
      Type.Object({
        path: Type.String(),
        file: Type.String(),
        type: Type.String(),
        immutable: Type.Boolean(),
        hash: Type.String(),
        encodings: Type.Array(Type.Enum(['br', 'gz'])),
      }),
    ),
  }),
);

/**
 * Reads all pages.
 *
 * @param read gives a file of the built folder by its name, from a disk or from the binary's assets; throws where there
 *   is none
 */
export function readPages(read: (name: string) => Uint8Array): Pages {
  const { files } = manifestOf.Parse(JSON.parse(new TextDecoder().decode(read('manifest.json'))));
  return new Map(
    files.map(({ path, file, type, immutable, hash, encodings }) => {
      const forms: PageFile['forms'] = new Map([
        ...encodings.map((end) => [end === 'gz' ? 'gzip' : end, read(`${file}.${end}`)] as const),
        ['identity', read(file)] as const,
      ]);
      return [path, { type, immutable, etag: hash, forms }];
    }),
  );
}
