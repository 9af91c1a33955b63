/** What a browser does with a push message that reaches it (RFC 8291), by nothing but what it gave to the page. */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

const TAG_BYTES = 16;
const PUBLIC_KEY_BYTES = 65;

export interface Browser {
  /** What it gives to the page. */
  keys: { p256dh: string; auth: string };
  /** The text of a message. Throws for what is not meant for it. */
  read(body: Buffer): string;
}

export function browser(): Browser {
  const pair = createECDH('prime256v1');
  const own = pair.generateKeys();
  const auth = randomBytes(16);
  const derive = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

  return {
    keys: { p256dh: own.toString('base64url'), auth: auth.toString('base64url') },
    read(body) {
      const salt = body.subarray(0, 16);
      const sender = body.subarray(21, 21 + PUBLIC_KEY_BYTES);
      const sealed = body.subarray(21 + PUBLIC_KEY_BYTES);
      const both = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]);
      const secret = derive(pair.computeSecret(sender), auth, both, 32);
      const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
      const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
      const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
      // Behind the text stands the mark of the last record.
      return plain.subarray(0, plain.lastIndexOf(2)).toString();
    },
  };
}
