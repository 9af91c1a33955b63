/** Codes that a reader (jsQR) was seen to read back; every length from 1 to 660 was tried when they were made. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { qrOf } from '../../../src/web/console/settings/qr.ts';

const URI =
  'otpauth://totp/Parley:ann%40example.com?issuer=Parley&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' +
  '&algorithm=SHA1&digits=6&period=30';

t.test('codes that are known to be right', async (t) => {
  const known: [text: string, side: number, sha256: string][] = [
    ['A', 21, '2bae48594b7325872d655a95d8814f09f3825eba52faa8c8b4e3c6dd453105e5'],
    [URI, 49, '5886254689fa9c97992ce63ba6f5004ecd73ff20289aba1743adcb1be09ff89e'],
    ['grüße 😀'.repeat(20), 61, 'c81ee2a0cfb2d78be0a2fe257aef480775ff836ee7f9547e5bdab925d969c098'],
    ['x'.repeat(660), 97, 'ddec8520813f359dc5a0d7257563672a042e751e1ee0725962130ede9d8fec8c'],
  ];
  for (const [text, side, sha256] of known) {
    const rows = qrOf(text);
    t.equal(rows.length, side);
    const drawn = rows.map((row) => row.map(Number).join('')).join('\n');
    t.equal(createHash('sha256').update(drawn).digest('hex'), sha256, text.slice(0, 20));
  }
});

t.test('what is too long is refused', async (t) => {
  t.equal(qrOf('x'.repeat(666)).length, 97);
  t.throws(() => qrOf('x'.repeat(667)), RangeError);
});
