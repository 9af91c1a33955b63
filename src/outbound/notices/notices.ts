/** Tells people of what they miss, by mail and by push: one of the servers looks once in a while whether anybody is to be told. */
import { isPersonOfTeam } from '../../chat/access.ts';
import type { Duties } from '../../chat/duties.ts';
import type { Notices, Telling } from '../../chat/notices/notices.ts';
import { pauseAfter } from '../back-off.ts';
import { everyWhile } from '../every-while.ts';
import type { Mailer } from './mail.ts';
import type { Pusher } from './push.ts';

export interface NoticesParts {
  notices: Notices;
  duties: Duties;
  mail: Mailer | null;
  push: Pusher;
  /** How often to look, ms. */
  everyMs: number;
  now: () => number;
  random: () => number;
  onError: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 60_000;
/** So often in a row, and it is told no more. */
const MOST_FAILURES = 10;

export function startNotices({ notices, duties, mail, push, everyMs, now, random, onError }: NoticesParts) {
  async function byMail({ user, news }: Telling): Promise<boolean> {
    if (mail === null || user.email === null) return true;
    try {
      await mail({
        to: { email: user.email, name: user.name },
        kind: 'news',
        news,
        link: isPersonOfTeam(user.role) ? null : await notices.wayBack(user),
        unsubscribe: notices.unsubscribeToken(user),
      });
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  /** Whether one of the browsers took it, or none of them is left to take it. */
  async function byPush({ pushes, news }: Telling): Promise<boolean> {
    const outcomes = await Promise.all(pushes.map((one) => push(one, news)));
    const gone = pushes.filter((_, index) => outcomes[index] === 'gone');
    if (gone.length > 0) await notices.gone(gone);
    return outcomes.includes('sent') || !outcomes.includes('failed');
  }

  /** Whether they are told: by mail where one was to be sent, else by push. A browser is told beside a mail, or not. */
  async function tell(telling: Telling): Promise<{ told: boolean; pushedUpTo: number | undefined }> {
    const [mailed, pushed] = await Promise.all([telling.mail ? byMail(telling) : null, byPush(telling)]);
    return { told: mailed ?? pushed, pushedUpTo: pushed && telling.pushes.length > 0 ? telling.upTo : undefined };
  }

  /** Tells everybody whom a notice is for. What reached one of the team is not told to the others again. */
  async function tellAll(notice: Telling['notice'], tellings: readonly Telling[]): Promise<void> {
    const outcomes = await Promise.all(tellings.map(tell));
    if (outcomes.some(({ told }) => told)) return;
    const failures = notice.failures + 1;
    const retryAt = failures >= MOST_FAILURES ? null : now() + pauseAfter(failures, FIRST_PAUSE_MS, random);
    await notices.failed(notice, retryAt, outcomes.find(({ pushedUpTo }) => pushedUpTo)?.pushedUpTo);
  }

  async function look(held: AbortSignal): Promise<void> {
    while (!held.aborted && (await notices.follow()));
    if (held.aborted) return;
    const due = Map.groupBy(await notices.due(), ({ notice }) => notice);
    await Promise.all([...due].map(([notice, tellings]) => tellAll(notice, tellings)));
  }

  const duty = duties.hold('notices', (held) => everyWhile(held, everyMs, () => look(held), onError));
  return { stop: () => duty.end() };
}
