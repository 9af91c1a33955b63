/** What a file is: told by what is in it and by its name, never by what its sender says that it is. */
import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { imageSize } from 'image-size';
import { Refusal } from '../protocol/refusal.ts';
import { actingTypeOf, documentTypeOf, textTypeOf } from './name.ts';

/** What is read of a file to know it: a picture's size may stand behind its camera's notes. */
const SAMPLE_BYTES = 256 * 1024;
/** More would stop the browser of whoever looks at it. */
const MAX_PIXELS = 100_000_000;

/** Containers whose name tells what they are. */
const CONTAINERS = ['application/zip', 'application/x-cfb'];
/** Pictures that browsers show, whose size is read. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'];
/** From 5 on the camera was held upright. */
const FIRST_TURNED = 5;

const MARKUP = /^\s*<(!doctype\s+(?<doctype>\w+)|(?<tag>html|head|body|script|iframe|svg)\b|(?<xml>\?xml))/i;
/** How much of a text is looked at for markup. */
const MARKUP_BYTES = 4096;

export interface Look {
  type: string;
  /** Of pictures whose size could be read. */
  width: number | null;
  height: number | null;
}

/** @param name as {@link cleanName} gives it */
export async function lookAt(path: string, name: string): Promise<Look> {
  const sample = await beginningOf(path);
  const type = actingTypeOf(name) ?? (await typeInside(sample, name));
  return { type, ...(PICTURES.includes(type) ? pictureSize(sample) : { width: null, height: null }) };
}

async function beginningOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function typeInside(sample: Buffer, name: string): Promise<string> {
  // A file that its reader cannot make sense of is one that nobody knows.
  const found = (await fileTypeFromBuffer(sample).catch(() => undefined))?.mime;
  if (found === undefined) return isText(sample) ? textType(sample, name) : 'application/octet-stream';
  return CONTAINERS.includes(found) ? (documentTypeOf(name) ?? found) : found;
}

/** Text of any encoding that is not UTF-16 without a mark: no NUL, and no byte that only programs write. */
function isText(sample: Buffer): boolean {
  if (sample.length >= 2 && [0xfffe, 0xfeff].includes(sample.readUInt16BE(0))) return true;
  return !sample.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
}

function textType(sample: Buffer, name: string): string {
  const text = sample
    .subarray(0, MARKUP_BYTES)
    .toString()
    .replace(/^\ufeff/, '');
  const groups = MARKUP.exec(text.replaceAll(/<!--[\s\S]*?-->/g, ''))?.groups;
  if (groups === undefined) return textTypeOf(name);
  if (groups.xml !== undefined) return 'application/xml';
  return (groups.tag ?? groups.doctype)?.toLowerCase() === 'svg' ? 'image/svg+xml' : 'text/html';
}

function pictureSize(sample: Buffer): Pick<Look, 'width' | 'height'> {
  let size: ReturnType<typeof imageSize>;
  try {
    size = imageSize(sample);
  } catch {
    return { width: null, height: null };
  }
  const { width, height, orientation = 1 } = size;
  if (!(width > 0 && height > 0)) return { width: null, height: null };
  if (width * height > MAX_PIXELS) throw new Refusal('TOO_LARGE', { details: { maxPixels: MAX_PIXELS } });
  return orientation < FIRST_TURNED ? { width, height } : { width: height, height: width };
}
