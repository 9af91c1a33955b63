/** Browsers that take push messages, as their users say. */
import { ECDH } from 'node:crypto';
import type { Writer } from '../../db/writer.ts';
import type { PushBody, PushGoneBody } from '../../protocol/http-push.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { NoticeReadings } from './notice-readings.ts';

export function createPushes(readings: NoticeReadings, writer: Writer<Change, Publication>) {
  return {
    /** From now on this browser is the caller's, whoever's it was. */
    async put(caller: Caller, { endpoint, keys }: PushBody): Promise<void> {
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
      checkKey(keys.p256dh);
      const [there, own] = await Promise.all([
        readings.pushByEndpoint.get({ endpoint }),
        readings.pushKeysOf.all({ user: caller.id }),
      ]);
      const known = (there === undefined ? own : [...own, there]).map(({ id }) => id);
      await writer.submit<null>({ type: 'push.put', by: byOf(caller), endpoint, ...keys, known });
    },

    /** Another's is as one that is not there. */
    async delete(caller: Caller, { endpoint }: PushGoneBody): Promise<void> {
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
      const there = await readings.pushByEndpoint.get({ endpoint });
      if (there === undefined) throw new Refusal('NOT_FOUND');
      await writer.submit<null>({ type: 'push.delete', by: byOf(caller), push: there.id });
    },
  };
}

/** Whoever gave any 65 bytes would be found out each time that there is something to tell, and every look would end with a fault. */
function checkKey(p256dh: string): void {
  try {
    ECDH.convertKey(p256dh, 'prime256v1', 'base64url');
  } catch {
    throw misshapen('keys.p256dh', 'must be a public key of P-256');
  }
}
