/** Durations as reports tell them: `3:40 min`, `2:10 h`, `3 days`. */
import { t } from '../words.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number) => String(Math.floor(n)).padStart(2, '0');

/** @param ms null: there is none */
export function durationParts(ms: number | null): { value: string; unit: string } {
  if (ms === null) return { value: '–', unit: '' };
  if (ms < MINUTE) return { value: String(Math.round(ms / SECOND)), unit: t('unitSecond') };
  if (ms < HOUR) return { value: `${Math.floor(ms / MINUTE)}:${two((ms % MINUTE) / SECOND)}`, unit: t('unitMinute') };
  if (ms < 2 * DAY) return { value: `${Math.floor(ms / HOUR)}:${two((ms % HOUR) / MINUTE)}`, unit: t('unitHour') };
  return { value: String(Math.round(ms / DAY)), unit: t('unitDays') };
}

export function durationText(ms: number): string {
  const { value, unit } = durationParts(ms);
  return `${value} ${unit}`;
}
