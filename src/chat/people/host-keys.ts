/**
 * The host's keys, read at the start: a shared secret, a public key, a file with a JSON Web Key Set. Each is for the one
 * algorithm that its kind allows.
 */
import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StartError } from '../../db/start-error.ts';
import type { Algorithm } from './jwt.ts';

export interface HostKey {
  /** A secret, or a public key as PEM text. */
  key: string;
  algorithm: Algorithm;
  /** Of a key set: tokens name it. */
  kid: string | null;
}

export interface HostKeySettings {
  jwtSecret?: string;
  /** PEM text, or the name of its file. */
  jwtPublicKey?: string;
  /** The name of a file. */
  jwtJwks?: string;
}

const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;

/** Throws a {@link StartError} that names the setting. */
export function readHostKeys({ jwtSecret, jwtPublicKey, jwtJwks }: HostKeySettings): HostKey[] {
  const keys: HostKey[] = [];
  if (jwtSecret !== undefined) keys.push(ofSecret(jwtSecret));
  if (jwtPublicKey !== undefined) keys.push(ofPublicKey(jwtPublicKey));
  if (jwtJwks !== undefined) keys.push(...ofKeySet(jwtJwks));
  return keys;
}

function ofSecret(secret: string): HostKey {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new StartError(`PARLEY_JWT_SECRET must be at least ${MIN_SECRET_BYTES} bytes long.`);
  }
  return { key: secret, algorithm: 'HS256', kid: null };
}

function ofPublicKey(given: string): HostKey {
  const setting = 'PARLEY_JWT_PUBLIC_KEY';
  const pem = given.includes('-----BEGIN') ? given : read(setting, given);
  return { ...ofKey(setting, () => publicKeyOf(pem)), kid: null };
}

/** A private key is refused: Parley has no business with it. */
function publicKeyOf(pem: string): KeyObject {
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) throw new Error('it does not begin with BEGIN PUBLIC KEY');
  return createPublicKey(pem);
}

function ofKeySet(file: string): HostKey[] {
  const setting = 'PARLEY_JWT_JWKS';
  const refuse = (why: string): never => {
    throw new StartError(`${setting} (${file}) ${why}.`);
  };
  const keys = keysIn(read(setting, file)) ?? refuse('must be JSON with a list "keys"');
  const signing = keys.filter((jwk) => jwk.use === undefined || jwk.use === 'sig');
  const found = signing.map((jwk) => {
    const kid = typeof jwk.kid === 'string' ? jwk.kid : null;
    // A symmetric key in a file of public ones would sign what everybody reads.
    if (jwk.kty === 'oct' || 'd' in jwk) return refuse('must hold public keys only');
    const key = ofKey(setting, () => createPublicKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' }));
    if (jwk.alg !== undefined && jwk.alg !== key.algorithm) return refuse(`has a key for ${String(jwk.alg)}`);
    return { ...key, kid };
  });
  if (found.length === 0) refuse('holds no key for signatures');
  const kids = found.map(({ kid }) => kid);
  if (found.length > 1 && (kids.includes(null) || new Set(kids).size < kids.length)) {
    refuse('must give each of its keys a "kid" of its own');
  }
  return found;
}

function keysIn(text: string): Record<string, unknown>[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null) ? keys : null;
  } catch {
    return null;
  }
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`${setting} names ${file}, which cannot be read (${(error as Error).message}).`);
  }
}

function ofKey(setting: string, parse: () => KeyObject): { key: string; algorithm: Algorithm } {
  try {
    const key = parse();
    return { algorithm: algorithmOf(key), key: key.export({ type: 'spki', format: 'pem' }).toString() };
  } catch (error) {
    throw new StartError(`${setting} holds no public key that can be used: ${(error as Error).message}.`);
  }
}

function algorithmOf(key: KeyObject): Algorithm {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength < MIN_RSA_BITS) throw new Error(`an RSA key needs at least ${MIN_RSA_BITS} bits`);
      return 'RS256';
    case 'ec':
      if (namedCurve !== 'prime256v1') throw new Error('an elliptic curve key must be of P-256 (ES256)');
      return 'ES256';
    case 'ed25519':
      return 'EdDSA';
    default:
      throw new Error('it must be RSA (RS256), P-256 (ES256) or Ed25519 (EdDSA)');
  }
}
