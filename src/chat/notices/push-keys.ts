/**
 * The key pair by which push services know this server. It comes of the server's own secret, so it is there from the
 * first start on, is part of every backup that has the secret, and needs no file of its own.
 */
import { createECDH, createHmac } from 'node:crypto';

export interface PushKeys {
  /** Base64url, as browsers and push services take them. */
  publicKey: string;
  privateKey: string;
}

/** @param key of the server's own, for nothing else */
export function pushKeys(key: Buffer): PushKeys {
  // Not every number of 256 bits is a key: the next one is tried, which happens once in 2^32.
  for (let attempt = 0; ; attempt += 1) {
    try {
      const pair = createECDH('prime256v1');
      pair.setPrivateKey(createHmac('sha256', key).update(String(attempt)).digest());
      return { publicKey: pair.getPublicKey('base64url'), privateKey: pair.getPrivateKey('base64url') };
    } catch (error) {
      if (attempt > 10) throw error;
    }
  }
}
