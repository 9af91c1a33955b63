/**
 * Any accent colour made usable: readable text on it, a readable text of it, two tints, hover and pressed, in the light and
 * the dark theme. Colours are moved in OKLCH, where a step of lightness looks like one, and judged by WCAG's contrast.
 */

/** What the rule gives, as CSS colours. */
export type Accent = {
  accent: string;
  /** Text on it. */
  onAccent: string;
  hover: string;
  pressed: string;
  tint: string;
  /** The stronger tint. */
  tint2: string;
  /** Links, focus rings, outlined buttons. */
  text: string;
  /** A line around it where it would not stand out from the surface; else transparent. */
  edge: string;
};

type Lch = readonly [lightness: number, chroma: number, hue: number];

const WHITE = '#ffffff';
const INK = '#16140f';
/** The neutral grounds that its text has to be read on: surface, bg, fill. */
const GROUNDS = { light: ['#ffffff', '#f9f7f5', '#f2f0ee'], dark: ['#1a1817', '#11100e', '#292726'] } as const;

const STEP = 0.01;
/** What text needs, and what a shape needs. */
const TEXT = 4.5;
const SHAPE = 3;
/** Below this a shape is told from its ground by a line. */
const FAINT = 1.9;

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
const gamma = (channel: number) => (channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055);

function rgbOf(hex: string): number[] {
  const long = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  return [1, 3, 5].map((at) => linear(Number.parseInt(long.slice(at, at + 2), 16) / 255));
}

function lchOf(hex: string): Lch {
  const [r, g, b] = rgbOf(hex) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const x = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const y = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(x, y), Math.atan2(y, x)];
}

/** The colour on the screen: what cannot be shown loses chroma until it can. */
function hexOf([lightness, chroma, hue]: Lch): string {
  for (let c = chroma; ; c -= 0.002) {
    const own = Math.max(0, c);
    const [x, y] = [own * Math.cos(hue), own * Math.sin(hue)];
    const l = (lightness + 0.3963377774 * x + 0.2158037573 * y) ** 3;
    const m = (lightness - 0.1055613458 * x - 0.0638541728 * y) ** 3;
    const s = (lightness - 0.0894841775 * x - 1.291485548 * y) ** 3;
    const channels = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    if (own > 0 && channels.some((one) => one < -0.0005 || one > 1.0005)) continue;
    const bytes = channels.map((one) => Math.round(255 * gamma(Math.min(1, Math.max(0, one)))));
    return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
}

/** WCAG's contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [r, g, b] = rgbOf(hex) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return a > b ? a / b : b / a;
}

/** Whether it is a colour that the rule can take: `#rgb` or `#rrggbb`. */
export function isHex(text: unknown): text is string {
  return typeof text === 'string' && /^#([\da-f]{3}|[\da-f]{6})$/i.test(text);
}

/** @param hex the colour somebody chose, `#rgb` or `#rrggbb` */
export function accentOf(hex: string, dark: boolean): Accent {
  const surface = GROUNDS[dark ? 'dark' : 'light'][0];
  const chosen = lchOf(hex);
  let [lightness] = chosen;
  const [, chroma, hue] = chosen;
  const at = (l: number, c = chroma) => hexOf([l, c, hue]);
  const accent = () => (lightness === chosen[0] ? hex : at(lightness));

  if (dark && chroma < 0.03 && lightness < 0.35) lightness = 0.93;
  while (dark && contrast(accent(), surface) < SHAPE) lightness += STEP;
  const dim = contrast(accent(), WHITE) < TEXT;
  const ink = dim && contrast(accent(), INK) >= TEXT;
  while (!ink && contrast(accent(), WHITE) < TEXT) lightness -= STEP;

  // Under white text it darkens, under dark text it lightens; where there is no room for that, the other way round.
  const low = lightness < 0.3;
  const high = lightness > 0.9;
  const [hover, pressed] = ink
    ? high
      ? [lightness - 0.04, lightness - 0.08]
      : [lightness + 0.035, lightness + 0.06]
    : low
      ? [0.34, 0.41]
      : [lightness - 0.05, lightness - 0.09];

  const faint = contrast(accent(), surface) < FAINT;
  const tint = dark ? at(0.29, Math.min(0.3 * chroma, 0.05)) : at(0.962, Math.min(0.14 * chroma, 0.024));
  const tint2 = dark ? at(0.345, Math.min(0.36 * chroma, 0.065)) : at(0.925, Math.min(0.26 * chroma, 0.045));
  let own = dark ? Math.max(lightness, 0.7) : Math.min(lightness, 0.62);
  const grounds = [...GROUNDS[dark ? 'dark' : 'light'], tint, tint2];
  while (own > 0 && own < 1 && grounds.some((ground) => contrast(at(own), ground) < TEXT)) own += dark ? STEP : -STEP;
  return {
    accent: accent(),
    onAccent: ink ? INK : WHITE,
    hover: at(hover as number),
    pressed: at(pressed as number),
    tint,
    tint2,
    text: at(own),
    edge: faint ? at(lightness + (dark ? 0.12 : -0.14), chroma * 0.8) : 'transparent',
  };
}
