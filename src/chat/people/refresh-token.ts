/**
 * A login's refresh token names its session, and its successor is an HMAC of it: told again to a second tab though only
 * hashes are kept. Whoever brings another one of a living session than the newest two has one that was given out before.
 */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'pr_';
const TOKEN = /^pr_[A-Za-z0-9_-]{65}$/;
const SESSION_CHARACTERS = 22;

/** The first one of a session. */
export function newRefreshToken(sessionUuid: string): string {
  return tokenOf(sessionUuid, randomBytes(32));
}

/** @param key of the server's own */
export function successorOf(token: string, sessionUuid: string, key: Buffer): string {
  return tokenOf(sessionUuid, createHmac('sha256', key).update(token).digest());
}

/** The session that a token names, a UUID; null when it is no refresh token. */
export function sessionNamedBy(token: string): string | null {
  if (!TOKEN.test(token)) return null;
  const hex = Buffer.from(token.slice(PREFIX.length, PREFIX.length + SESSION_CHARACTERS), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function tokenOf(sessionUuid: string, secret: Buffer): string {
  const session = Buffer.from(sessionUuid.replaceAll('-', ''), 'hex');
  return PREFIX + session.toString('base64url') + secret.toString('base64url');
}
