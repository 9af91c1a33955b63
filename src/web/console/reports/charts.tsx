/** Charts, drawn as SVG with the accent and one grey. Behind each is a table for those who do not see it. */
import type { ComponentChildren } from 'preact';
import { language, locale, t } from '../words.ts';

/** In units of the drawing; the narrower one stands in a narrower card, so that its words are as large. */
const WIDTH = 640;
const NARROW = 430;
const HEIGHT = 230;
const LEFT = 34;
const BOTTOM = 24;
const TOP = 10;

/** A bar or a point: when it is, in a few words. */
export type Step = { at: string; label: string };

/** A round number not below the highest value, for three lines that say whole numbers. */
function ceilingOf(most: number): number {
  if (most <= 3) return 3;
  const step = 10 ** Math.floor(Math.log10(most / 3));
  const steps = [1, 2, 3, 5, 10].map((n) => n * step * 3);
  return steps.find((top) => top >= most) ?? steps.at(-1) ?? most;
}

function Frame({
  width,
  top,
  steps,
  children,
  label,
  head,
  rows,
}: {
  width: number;
  top: number;
  steps: readonly Step[];
  children: ComponentChildren;
  label: string;
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}) {
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const number = new Intl.NumberFormat(locale);
  const every = Math.max(1, Math.ceil(steps.length / 5));
  return (
    <figure>
      <svg class="chart" viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        {[0, 1, 2, 3].map((part) => {
          const value = (top / 3) * part;
          return (
            <g key={part}>
              <line class="chart-line" x1={LEFT} x2={width} y1={y(value)} y2={y(value)} />
              <text class="chart-text" x={LEFT - 8} y={y(value) + 4} text-anchor="end">
                {number.format(value)}
              </text>
            </g>
          );
        })}
        {steps.map(({ at, label }, place) =>
          place % every === 0 ? (
            <text key={at} class="chart-text" x={LEFT + ((width - LEFT) / steps.length) * place} y={HEIGHT - 6}>
              {label}
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

export type Bar = Step & { upper: number; lower: number };
type BarsProps = { label: string; step: string; words: { upper: string; lower: string }; bars: readonly Bar[] };

/** @param step what a bar stands for: a day, an hour */
export function Bars({ label, step: unit, words, bars }: BarsProps) {
  const top = ceilingOf(Math.max(0, ...bars.map(({ upper, lower }) => upper + lower)));
  const inner = HEIGHT - TOP - BOTTOM;
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const width = Math.min(18, step * 0.66);
  const rows = bars.map(({ label, upper, lower }) => [label, upper, lower]);
  return (
    <Frame width={WIDTH} top={top} steps={bars} label={label} head={[unit, words.upper, words.lower]} rows={rows}>
      {bars.map(({ at, label, upper, lower }, place) => {
        const x = LEFT + step * place + 3;
        const high = (n: number) => (n / top) * inner;
        const floor = HEIGHT - BOTTOM;
        return (
          <g key={at}>
            <title>{`${label}: ${upper + lower}`}</title>
            {upper > 0 ? (
              <rect
                class="bar-upper"
                x={x}
                width={width}
                rx={3}
                y={floor - high(upper + lower)}
                height={Math.max(1, high(upper) - (lower ? 1 : 0))}
              />
            ) : null}
            {lower > 0 ? (
              <rect class="bar-lower" x={x} width={width} y={floor - high(lower)} height={high(lower)} />
            ) : null}
          </g>
        );
      })}
    </Frame>
  );
}

const MINUTE_MS = 60_000;

export type Point = Step & { medianMs: number | null; p90Ms: number | null };

export function Lines({ label, step: unit, points }: { label: string; step: string; points: readonly Point[] }) {
  const known = points.flatMap(({ medianMs, p90Ms }) => [medianMs ?? 0, p90Ms ?? 0]);
  const top = ceilingOf(Math.max(0, ...known) / MINUTE_MS);
  const step = (NARROW - LEFT) / Math.max(1, points.length);
  const places = (of: (point: Point) => number | null) =>
    points.flatMap((point, place) => {
      const ms = of(point);
      if (ms === null) return [];
      const y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - ms / MINUTE_MS / top);
      return [[(LEFT + step * (place + 0.5)).toFixed(1), y.toFixed(1)] as const];
    });
  const path = (of: (point: Point) => number | null) =>
    places(of)
      .map(([x, y], place) => `${place === 0 ? 'M' : 'L'}${x} ${y}`)
      .join('');
  const newest = places(({ medianMs }) => medianMs).at(-1);
  const minutes = (ms: number | null) => (ms === null ? '–' : (ms / MINUTE_MS).toFixed(1));
  const rows = points.map(({ label, medianMs, p90Ms }) => [label, minutes(medianMs), minutes(p90Ms)]);
  return (
    <Frame width={NARROW} top={top} steps={points} label={label} head={[unit, t('median'), 'p90']} rows={rows}>
      <path class="line-p90" d={path(({ p90Ms }) => p90Ms)} />
      <path class="line-median" d={path(({ medianMs }) => medianMs)} />
      {newest ? <circle class="line-newest" cx={newest[0]} cy={newest[1]} r={3.5} /> : null}
    </Frame>
  );
}

const WEEK = [0, 1, 2, 3, 4, 5, 6];
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;

/** @param hours messages by weekday (Monday first) and hour */
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
