/** What a file is by what is in it; how large a picture is, of each kind that browsers show, as it is held. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lookAt } from '../../src/files/look.ts';

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const le16 = (value: number) => Buffer.from([value & 255, value >> 8]);

function gif(width: number, height: number): Buffer {
  return Buffer.concat([Buffer.from('GIF89a'), le16(width), le16(height), Buffer.from([0, 0, 0, 0x3b])]);
}

/** @param orientation of the camera, as EXIF has it: 1 upright, 6 turned by a quarter */
function jpeg(width: number, height: number, orientation: number): Buffer {
  const tag = [u16(0x0112), u16(3), u16(0), u16(1), u16(orientation), u16(0)];
  const tiff = Buffer.concat([Buffer.from('MM\0*'), u16(0), u16(8), u16(1), ...tag, u16(0), u16(0)]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
  const frame = Buffer.concat([Buffer.from([8]), u16(height), u16(width), Buffer.from([1, 1, 0x11, 0])]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe1]),
    u16(exif.length + 2),
    exif,
    Buffer.from([0xff, 0xc0]),
    u16(frame.length + 2),
    frame,
    Buffer.from([0xff, 0xd9]),
  ]);
}

function webp(width: number, height: number): Buffer {
  const size = (value: number) => Buffer.concat([le16((value - 1) & 0xffff), Buffer.from([(value - 1) >> 16])]);
  const chunk = Buffer.concat([Buffer.from('VP8X'), le16(10), le16(0), Buffer.alloc(4), size(width), size(height)]);
  return Buffer.concat([Buffer.from('RIFF'), le16(chunk.length + 4), le16(0), Buffer.from('WEBP'), chunk]);
}

/** Looks at bytes as at an upload of that name. */
function looker(t: Test): (bytes: Buffer | string, name?: string) => ReturnType<typeof lookAt> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-look-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return (bytes, name = 'picture') => {
    const path = join(folder, 'upload');
    writeFileSync(path, bytes);
    return lookAt(path, name);
  };
}

const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
const OLD_OFFICE = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504)]);
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const types: [what: string, bytes: Buffer | string, name: string, type: string][] = [
  ['a container is the document that it is called', EMPTY_ZIP, 'letter.DOCX', WORD],
  ['an old one too', OLD_OFFICE, 'letter.doc', 'application/msword'],
  ['a container of another name is one', EMPTY_ZIP, 'letter.png', 'application/zip'],
  ['a text is of the kind that it is called', 'a,b\n1,2\n', 'table.csv', 'text/csv'],
  ['a text of no name is a text', 'Hello', 'README', 'text/plain'],
  ['a text in UTF-16 is one, by its mark', Buffer.from('\ufeffHello', 'utf16le'), 'hello.txt', 'text/plain'],
  ['a text is no picture, whatever it is called', 'Hello', 'cat.png', 'text/plain'],
  ['a picture is no text, whatever it is called', gif(1, 1), 'hello.txt', 'image/gif'],
  ['what nobody knows is bytes', Buffer.from([0, 1, 2, 3]), 'hello.txt', 'application/octet-stream'],
  ['a page is one under the name of a text', '\n<!-- hi --> <SCRIPT>alert(1)</script>', 'hello.txt', 'text/html'],
  ['a page that says what it is', '<!DOCTYPE html><p>', 'hello.md', 'text/html'],
  ['a drawing is one under the name of a text', '<!-- hi --><svg onload="alert(1)">', 'hello.txt', 'image/svg+xml'],
  ['a drawing that says what it is', '<!doctype svg><svg/>', 'hello.csv', 'image/svg+xml'],
  ['XML is no text, however it begins', '\n\n<?xml version="1.0"?><a/>', 'hello.txt', 'application/xml'],
  ['what acts by its name acts', gif(1, 1), 'cat.html', 'text/html'],
];

t.test('the type is what is in it: a name decides between what looks alike, and for the worse', async (t) => {
  const look = looker(t);
  for (const [what, bytes, name, type] of types) t.equal((await look(bytes, name)).type, type, what);
});

t.test('the size of a picture is read from its head, turned as the camera was held', async (t) => {
  const look = looker(t);
  t.same(await look(gif(640, 480)), { type: 'image/gif', width: 640, height: 480 });
  t.same(await look(jpeg(640, 480, 1)), { type: 'image/jpeg', width: 640, height: 480 });
  t.same(await look(jpeg(640, 480, 6)), { type: 'image/jpeg', width: 480, height: 640 });
  t.same(await look(webp(70_000, 1_000)), { type: 'image/webp', width: 70_000, height: 1_000 });
  t.same(await look(Buffer.from('GIF89a')), { type: 'image/gif', width: null, height: null }, 'cut in its head');
  await t.rejects(look(gif(20_000, 20_000)), { code: 'TOO_LARGE', details: { maxPixels: 100_000_000 } });
});
