/** Until when one may want to see nothing of a conversation. */
import { untilTime } from '../times.ts';
import { t } from '../words.ts';

const HOUR_MS = 3_600_000;
const MORNING = 9;

/** @param now in milliseconds */
export function snoozeTimes(now: number): { label: string; hint: string; at: string }[] {
  const morning = (days: number) => {
    const date = new Date(now);
    date.setDate(date.getDate() + days);
    date.setHours(MORNING, 0, 0, 0);
    return date.getTime();
  };
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  const times: [string, number][] = [
    [t('inHours', { count: 1 }), now + HOUR_MS],
    [t('inHours', { count: 3 }), now + 3 * HOUR_MS],
    [t('tomorrow'), morning(1)],
    // On a Sunday tomorrow says it already, on a Monday the week does.
    ...(toMonday === 1 || toMonday === 7 ? [] : [[t('nextMonday'), morning(toMonday)] as [string, number]]),
    [t('inAWeek'), morning(7)],
  ];
  return times.map(([label, at]) => ({ label, hint: untilTime(at, now), at: new Date(at).toISOString() }));
}
