/** An archive that is written while it is read: a piece of a file at a time. */
export interface Entry {
  name: string;
  bytes: AsyncIterable<string | Uint8Array>;
  /** Not to be shrunk: most files are already. */
  asItIs?: boolean;
}

/** Text shrinks to a fifth already; more would cost the loop more than the line is worth. */
const LEVEL = 1;
/** The format's own, without an extension that not everybody reads. */
const MAX_ZIP_BYTES = 0xffff_ffff;
const MAX_ZIP_ENTRIES = 0xffff;

/** Throws where the archive would become larger than the format can say: it then breaks off, and is seen to be broken. */
export async function* zip(entries: AsyncIterable<Entry>): AsyncGenerator<Uint8Array> {
  // It reckons tables as soon as it is loaded: with the first archive, not at every start.
  const { Zip, ZipDeflate, ZipPassThrough } = await import('fflate');
  const written: Uint8Array[] = [];
  let size = 0;
  let count = 0;
  const archive = new Zip((error, piece) => {
    if (error !== null) throw error;
    size += piece.length;
    written.push(piece);
  });
  const text = new TextEncoder();
  for await (const { name, bytes, asItIs } of entries) {
    count += 1;
    if (count > MAX_ZIP_ENTRIES) throw new Error(`an archive has ${MAX_ZIP_ENTRIES} files at most`);
    const file = asItIs ? new ZipPassThrough(name) : new ZipDeflate(name, { level: LEVEL });
    archive.add(file);
    for await (const piece of bytes) {
      file.push(typeof piece === 'string' ? text.encode(piece) : piece);
      if (size > MAX_ZIP_BYTES) throw new Error(`an archive has ${MAX_ZIP_BYTES} bytes at most`);
      yield* written.splice(0);
    }
    file.push(new Uint8Array(0), true);
    yield* written.splice(0);
  }
  archive.end();
  yield* written.splice(0);
}
