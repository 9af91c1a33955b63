/**
 * What a `replyUrl` ends in: a turn and the end of its time, under an HMAC of the server's. It is good for one answer:
 * a turn that has been answered is over.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../../protocol/id.ts';

export interface ReplyTokens {
  /** @param until ms */
  make(turnId: string, until: number): string;
  /** The turn's UUID; null for what was not made here, or too long ago. */
  read(token: string, now: number): string | null;
}

export function createReplyTokens(key: Buffer): ReplyTokens {
  const sign = (text: string) => createHmac('sha256', key).update(text).digest();
  return {
    make(turnId, until) {
      const text = `${turnId}.${until}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },

    read(token, now) {
      const [turnId = '', until = '', mac = ''] = token.split('.');
      const given = Buffer.from(mac, 'base64url');
      const right = sign(`${turnId}.${until}`);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      return isId(turnId) && Number(until) > now ? turnId : null;
    },
  };
}
