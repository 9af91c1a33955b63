/**
 * Why the server closes a line, and what its client does then. The number alone says it: 4000 to 4099 come back now,
 * 4100 to 4199 come back after `retryMs` (the close's reason: the number), 4200 to 4299 do not come back.
 */
export const closeCodes = {
  /** The line was too slow to take what it should hear: come back and sync. */
  SLOW: 4000,
  /** The caller's role or user changed: read the token again first. */
  AUTH_CHANGED: 4001,
  /** The token's time is over: get a new one first. */
  TOKEN_EXPIRED: 4002,
  /** No `hello` within the time. */
  HELLO_LATE: 4003,

  /** The server ends or starts again. */
  RESTART: 4100,
  /** The user or the address has too many sockets. */
  TOO_MANY_SOCKETS: 4101,
  /** The server has too much to do. */
  OVERLOADED: 4102,

  /** Too many bad frames in a minute. */
  BAD_FRAMES: 4200,
  /** The session is over: logout, a new password, disabled, erased. */
  SIGNED_OUT: 4201,
  /** The user was blocked. */
  BLOCKED: 4202,
} as const;

export type CloseName = keyof typeof closeCodes;
export type CloseCode = (typeof closeCodes)[CloseName];

/** What a client does after a close: come back at once, after a while, or not at all. */
export type AfterClose = 'now' | 'later' | 'never';

/**
 * What a close asks for. Unknown codes of Parley's ranges are read by their range; all others (a lost line, a proxy, a
 * malformed frame) mean to come back later.
 *
 * @param code the number of the close, the standard's own included
 */
export function afterClose(code: number): AfterClose {
  if (code >= 4000 && code <= 4099) return 'now';
  if (code >= 4200 && code <= 4299) return 'never';
  return 'later';
}
