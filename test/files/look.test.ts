/** How large a picture is, of each kind that browsers show, as it is held. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
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

t.test('the size of a picture is read from its head, turned as the camera was held', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-look-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const look = (bytes: Buffer) => {
    const path = join(folder, 'picture');
    writeFileSync(path, bytes);
    return lookAt(path, 'picture');
  };
  t.same(await look(gif(640, 480)), { type: 'image/gif', width: 640, height: 480 });
  t.same(await look(jpeg(640, 480, 1)), { type: 'image/jpeg', width: 640, height: 480 });
  t.same(await look(jpeg(640, 480, 6)), { type: 'image/jpeg', width: 480, height: 640 });
  t.same(await look(webp(70_000, 1_000)), { type: 'image/webp', width: 70_000, height: 1_000 });
  t.same(await look(Buffer.from('GIF89a')), { type: 'image/gif', width: null, height: null }, 'cut in its head');
  await t.rejects(look(gif(20_000, 20_000)), { code: 'TOO_LARGE', details: { maxPixels: 100_000_000 } });
});
