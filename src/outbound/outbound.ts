/** What Parley does to others after the fact, begun and ended together. */
import type { Chat } from '../chat/chat.ts';
import type { Duties } from '../chat/duties.ts';
import type { Config } from '../config.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { createMailer } from './notices/mail.ts';
import { startNotices } from './notices/notices.ts';
import { createPusher } from './notices/push.ts';
import { createPoster } from './webhooks/post.ts';
import { startWebhooks } from './webhooks/webhooks.ts';

export interface OutboundParts {
  chat: Chat;
  duties: Duties;
  config: Config;
  fetch: GuardedFetch;
  /** ms */
  now: () => number;
  random: () => number;
  /** An attempt to tell a webhook something was made. */
  onDelivery: (ok: boolean) => void;
  onError: (error: unknown) => void;
}

const HOUR_MS = 60 * 60 * 1000;
const LOOK_MS = 1_000;
/** Of the time to stop, the part that what is under way may take. */
const PATIENCE = 0.2;

export async function startOutbound(parts: OutboundParts) {
  const { chat, duties, config, fetch, now, random, onDelivery, onError } = parts;
  const poster = createPoster(fetch, config.webhookTimeoutMs, now);
  const webhooks = await startWebhooks({
    outbox: chat.outbox,
    duties,
    post: async (...asked) => {
      const outcome = await poster(...asked);
      onDelivery(outcome.ok);
      return outcome;
    },
    retryMs: config.webhookRetryMs,
    retryForMs: config.webhookRetryHours * HOUR_MS,
    now,
    random,
    onError,
  });
  const mail = createMailer(config);
  const notices = startNotices({
    notices: chat.notices,
    duties,
    mail,
    push: createPusher(fetch, chat.pushKeys, subjectOf(config)),
    everyMs: Math.min(LOOK_MS, Math.ceil(config.noticeDelayMs / 4)),
    now,
    random,
    onError,
  });
  chat.openTo({
    ...webhooks.outside,
    mails: mail !== null,
    mail: (letter) => {
      mail?.(letter).catch(onError);
    },
  });

  return {
    /** Begins nothing any more; what is not told is told after the next start. */
    async stop(): Promise<void> {
      chat.openTo(null);
      await notices.stop();
      await webhooks.stop(config.shutdownMs * PATIENCE);
    },
  };
}

/** Whom push services may write to. */
function subjectOf({ publicUrl, mailFrom }: Config): string {
  if (publicUrl?.startsWith('https:')) return publicUrl;
  return `mailto:${/<([^<>]+)>/.exec(mailFrom)?.[1] ?? mailFrom}`;
}
