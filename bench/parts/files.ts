/** What a large file costs on its way in and out. */
import type { Bench } from '../bench.ts';
import { median } from '../median.ts';
import { forgetPeak, peak } from '../process/peak.ts';
import type { Memory } from '../process/usage.ts';
import { seedPairsAlone } from '../seed/pairs.ts';
import type { Server } from '../servers/start.ts';
import { mib, type Section } from '../table.ts';

const PIECE = Buffer.alloc(64 * 1024, 'a line of a long text that somebody sends\n');
const BOUNDARY = 'bench';

interface Measured {
  /** The most memory beyond what the process had before, bytes. */
  growth: number;
  bytesPerSecond: number;
}

export async function files(bench: Bench): Promise<Section> {
  const { file } = bench.size;
  const folder = bench.folder();
  const { tokens } = await seedPairsAlone(folder, 2);
  const [token = ''] = tokens;
  const settings = { PARLEY_MAX_FILE: String(file) };
  const uploads: Measured[] = [];
  const downloads: Measured[] = [];
  await bench.rounds(async () => {
    const server = await bench.startParley({ folder, settings });
    // By then the code is loaded.
    await download(server, token, await upload(server, token, PIECE.length));
    let id = '';
    uploads.push(
      await measure(server, file, async () => {
        id = await upload(server, token, file);
      }),
    );
    downloads.push(await measure(server, file, () => download(server, token, id)));
    await server.child.stop();
  });
  return {
    title: 'A large file',
    about: `A file of ${mib(file)} is uploaded and downloaded, by one who reads as fast as it comes. The growth is the most
memory that the process had at once meanwhile, beyond what it had before, after a collection.`,
    tables: [
      {
        head: ['', 'growth of resident memory', 'a second'],
        rows: [row('upload', uploads), row('download', downloads)],
      },
    ],
    notes: ['Aim: a growth under 30 MiB, however large the file.'],
  };
}

function row(name: string, measured: readonly Measured[]): string[] {
  const of = (which: keyof Measured) => mib(median(measured.map((one) => one[which])));
  return [name, of('growth'), of('bytesPerSecond')];
}

async function measure({ child }: Server, bytes: number, act: () => Promise<unknown>): Promise<Measured> {
  const before = await child.ask<Memory>('memory');
  forgetPeak(child.pid);
  const started = performance.now();
  await act();
  const seconds = (performance.now() - started) / 1000;
  return { growth: peak(child.pid) - before.resident, bytesPerSecond: bytes / seconds };
}

async function* form(size: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="long.txt"\r\n\r\n`);
  for (let left = size; left > 0; left -= PIECE.length) yield PIECE.subarray(0, Math.min(left, PIECE.length));
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

/** @returns the attachment's id */
async function upload({ url }: Server, token: string, size: number): Promise<string> {
  const response = await fetch(`${url}/v1/attachments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: ReadableStream.from(form(size)),
    duplex: 'half',
  } as RequestInit);
  const answer = (await response.json()) as { id?: string };
  if (answer.id === undefined) throw new Error(`the upload was refused: ${JSON.stringify(answer)}`);
  return answer.id;
}

async function download({ url }: Server, token: string, id: string): Promise<void> {
  const response = await fetch(`${url}/v1/attachments/${id}`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok || response.body === null) throw new Error(`the download was refused: ${response.status}`);
  for await (const _ of response.body);
}
