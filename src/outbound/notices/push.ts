/** Web push: small messages, encrypted for the browser, by the address that it gave. */
import type { News } from '../../chat/notices/letter.ts';
import type { Telling } from '../../chat/notices/notices.ts';
import type { PushKeys } from '../../chat/notices/push-keys.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { OutboundError } from '../outbound-error.ts';

type Push = Telling['pushes'][number];

/** How long a push service keeps one for a browser that is not there. */
const KEPT_S = 24 * 60 * 60;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4096;
/** The browser took its subscription back. */
const GONE = [404, 410];

export type Pusher = (push: Push, news: News) => Promise<'sent' | 'gone' | 'failed'>;

/** @param subject whom a push service may write to: an https or mailto address */
export function createPusher(fetch: GuardedFetch, { publicKey, privateKey }: PushKeys, subject: string): Pusher {
  return async ({ endpoint, p256dh, auth }, news) => {
    const { conversation: conversationId, ...about } = news;
    // Loaded with the first: most starts have none to send for long.
    const { default: webPush } = await import('web-push');
    const { headers, body } = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      JSON.stringify({ ...about, conversationId }),
      {
        vapidDetails: { subject, publicKey, privateKey },
        TTL: KEPT_S,
        // A later one takes its place while the browser is away.
        topic: conversationId.replaceAll('-', ''),
      },
    );
    const { 'Content-Length': _length, ...sent } = headers as Record<string, unknown>;
    try {
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)])),
        ...(body === null ? {} : { body: new Uint8Array(body) }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      });
      answer.discard();
      if (GONE.includes(answer.status)) return 'gone';
      return answer.status >= 200 && answer.status < 300 ? 'sent' : 'failed';
    } catch (error) {
      if (error instanceof OutboundError) return 'failed';
      throw error;
    }
  };
}
