/**
 * Secrets that are handed out: 256 random bits behind two letters that say what they are for, so that a leaked one is
 * known by its sight. Only their hashes are kept.
 */
import { createHash, randomBytes } from 'node:crypto';

const PREFIXES = { session: 'pv_', key: 'pk_', link: 'pl_', challenge: 'pc_' } as const;

export type CredentialKind = keyof typeof PREFIXES;

const SECRET = /^[A-Za-z0-9_-]{43}$/;

export function newCredential(kind: CredentialKind): string {
  return PREFIXES[kind] + randomBytes(32).toString('base64url');
}

export function isCredential(kind: CredentialKind, text: string): boolean {
  return text.startsWith(PREFIXES[kind]) && SECRET.test(text.slice(3));
}

/** What is kept of a credential: looked up by, and useless to who reads it. Hexadecimal. */
export function hashOf(credential: string): string {
  return createHash('sha256').update(credential).digest('hex');
}
