/** Charts, drawn as SVG with the accent and one grey. Behind each is a table for those who do not see it. */
import type { ComponentChildren } from 'preact';
import { shortDay } from '../times.ts';
import { language, locale, t } from '../words/words.ts';
import type { DayFigures } from './report.ts';

const WIDTH = 640;
const HEIGHT = 230;
const LEFT = 34;
const BOTTOM = 24;
const TOP = 10;

/** A round number not below the highest value, for three lines that say whole numbers. */
export function ceilingOf(most: number): number {
  if (most <= 3) return 3;
  const step = 10 ** Math.floor(Math.log10(most / 3));
  const steps = [1, 2, 3, 5, 10].map((n) => n * step * 3);
  return steps.find((top) => top >= most) ?? steps.at(-1) ?? most;
}

function Frame({
  top,
  days,
  children,
  label,
  head,
  rows,
}: {
  top: number;
  days: readonly DayFigures[];
  children: ComponentChildren;
  label: string;
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}) {
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const number = new Intl.NumberFormat(locale);
  const every = Math.max(1, Math.ceil(days.length / 5));
  return (
    <figure>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {[0, 1, 2, 3].map((part) => {
          const value = (top / 3) * part;
          return (
            <g key={part}>
              <line class="chart-line" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
              <text class="chart-text" x={LEFT - 8} y={y(value) + 4} text-anchor="end">
                {number.format(value)}
              </text>
            </g>
          );
        })}
        {days.map(({ day }, at) =>
          at % every === 0 ? (
            <text key={day} class="chart-text" x={LEFT + ((WIDTH - LEFT) / days.length) * at} y={HEIGHT - 6}>
              {shortDay(`${day}T12:00:00`)}
            </text>
          ) : null,
        )}
        {children}
      </svg>
      <table class="sr-only">
        <caption>{label}</caption>
        <thead>
          <tr>
            {head.map((one) => (
              <th key={one}>{one}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]}>
              {row.map((one, at) => (
                <td key={head[at]}>{one}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

export function Bars({ days }: { days: readonly DayFigures[] }) {
  const top = ceilingOf(Math.max(0, ...days.map(({ people, bots }) => people + bots)));
  const inner = HEIGHT - TOP - BOTTOM;
  const step = (WIDTH - LEFT) / Math.max(1, days.length);
  const width = Math.min(18, step * 0.66);
  const rows = days.map(({ day, people, bots }) => [day, people, bots]);
  return (
    <Frame
      top={top}
      days={days}
      label={t('newADay')}
      head={[t('day'), t('personAnswered'), t('botAloneShort')]}
      rows={rows}
    >
      {days.map(({ day, people, bots }, at) => {
        const x = LEFT + step * at + 3;
        const high = (n: number) => (n / top) * inner;
        const floor = HEIGHT - BOTTOM;
        return (
          <g key={day}>
            {people > 0 ? (
              <rect
                class="bar-people"
                x={x}
                width={width}
                rx={3}
                y={floor - high(people + bots)}
                height={Math.max(1, high(people) - (bots ? 1 : 0))}
              />
            ) : null}
            {bots > 0 ? <rect class="bar-bots" x={x} width={width} y={floor - high(bots)} height={high(bots)} /> : null}
          </g>
        );
      })}
    </Frame>
  );
}

const MINUTE_MS = 60_000;

export function Lines({ days }: { days: readonly DayFigures[] }) {
  const minutes = (ms: number | undefined) => (ms === undefined ? undefined : ms / MINUTE_MS);
  const known = days.flatMap(({ median, p90 }) => [minutes(median), minutes(p90)]).filter((one) => one !== undefined);
  const top = ceilingOf(Math.max(0, ...known));
  const step = (WIDTH - LEFT) / Math.max(1, days.length);
  const path = (of: (day: DayFigures) => number | undefined) => {
    let pen = 'M';
    let drawn = '';
    days.forEach((day, at) => {
      const value = minutes(of(day));
      if (value === undefined) return;
      const y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
      drawn += `${pen}${(LEFT + step * at + step / 2).toFixed(1)} ${y.toFixed(1)}`;
      pen = 'L';
    });
    return drawn;
  };
  const rows = days.map(({ day, median, p90 }) => [
    day,
    minutes(median)?.toFixed(1) ?? '–',
    minutes(p90)?.toFixed(1) ?? '–',
  ]);
  return (
    <Frame top={top} days={days} label={t('firstAnswerMinutes')} head={[t('day'), t('median'), 'p90']} rows={rows}>
      <path class="line-p90" d={path(({ p90 }) => p90)} />
      <path class="line-median" d={path(({ median }) => median)} />
    </Frame>
  );
}

const WEEK = [0, 1, 2, 3, 4, 5, 6];
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;

/** @param hours conversations by weekday (Monday first) and hour */
export function HeatMap({ hours }: { hours: readonly (readonly number[])[] }) {
  const most = Math.max(1, ...hours.flat());
  const used = hours.flatMap((day) => day.flatMap((n, hour) => (n > 0 ? [hour] : [])));
  const from = Math.min(7, ...used);
  const to = Math.max(21, ...used);
  const shown = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const name = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  return (
    <table class="heat">
      <tbody>
        {WEEK.map((day) => (
          <tr key={day}>
            <th scope="row">{name.format(MONDAY + day * DAY_MS)}</th>
            {shown.map((hour) => {
              const n = hours[day]?.[hour] ?? 0;
              return (
                <td
                  key={hour}
                  title={`${hour}:00 · ${n}`}
                  style={{ '--part': n === 0 ? 0.06 : 0.14 + 0.86 * (n / most) }}
                >
                  <span class="sr-only">{n}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td />
          {shown.map((hour, at) => (
            <th key={hour} scope="col">
              {at % 3 === 0 ? <span>{hour}:00</span> : <span class="sr-only">{hour}:00</span>}
            </th>
          ))}
        </tr>
      </tfoot>
    </table>
  );
}
