/** The secret of a mail's unsubscribe link: a user under an HMAC. It never ends, and does that one thing. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type UnsubscribeTokens = ReturnType<typeof unsubscribeTokens>;

/** @param key of the server's own, for nothing else */
export function unsubscribeTokens(key: Buffer) {
  const seal = (uuid: string) => createHmac('sha256', key).update(uuid).digest();

  return {
    make: (userUuid: string): string => `${userUuid}.${seal(userUuid).toString('base64url')}`,

    /** The UUID of the user; null when it is forged. */
    read(token: string): string | null {
      const [, uuid = '', given = ''] = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
      return uuid !== '' && timingSafeEqual(seal(uuid), Buffer.from(given, 'base64url')) ? uuid : null;
    },
  };
}
