/** The icons of both pages: one path each, drawn with round ends on a grid of 20, never filled. A page bundles those it names. */

const RING = 'M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z';
const EYES = 'M7.5 8.2v.1M12.5 8.2v.1';

export const ai =
  'M8.5 3.5C9.2 7 10.5 8.3 14 9c-3.5.7-4.8 2-5.5 5.5C7.8 11 6.5 9.7 3 9c3.5-.7 4.8-2 5.5-5.5zM14.8 12.5c.3 1.5.9 2.1 2.4 2.4-1.5.3-2.1.9-2.4 2.4-.3-1.5-.9-2.1-2.4-2.4 1.5-.3 2.1-.9 2.4-2.4z';
export const alert = `${RING}M10 6.5v4M10 13.4v.1`;
export const at =
  'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM13 7v4.2c0 1.2.7 1.8 1.8 1.8 1.4 0 2.2-1.2 2.2-3a7 7 0 1 0-2.6 5.4';
export const attach =
  'M16.2 9.3l-6.3 6.3a3.8 3.8 0 0 1-5.4-5.4l6.5-6.5a2.5 2.5 0 0 1 3.6 3.6l-6.5 6.5a1.25 1.25 0 0 1-1.8-1.8l5.9-5.9';
export const back = 'M12.5 5l-5 5 5 5';
export const bell =
  'M5.2 8.5a4.8 4.8 0 0 1 9.6 0c0 4.2 1.5 5.3 1.5 5.3H3.7s1.5-1.1 1.5-5.3zM8.3 16.5c.4.6 1 .9 1.7.9s1.3-.3 1.7-.9';
export const bolt = 'M11 2.8l-6.5 8.4h4.7l-.6 6 6.9-8.8h-4.8z';
export const chart = 'M4.5 16v-5M10 16V4M15.5 16V8';
export const chat =
  'M10 3.3c-4 0-7 2.7-7 6.2 0 1.4.5 2.7 1.3 3.7l-.8 3.2 3.5-.9c.9.4 1.9.6 3 .6 4 0 7-2.7 7-6.4s-3-6.4-7-6.4z';
export const check = 'M4.5 10.5l3.5 3.5 7.5-8';
export const checks = 'M2.2 10.7l3.1 3.3 6.5-8M9.6 13.2l.8.8 7.2-8';
export const clock = `${RING}M10 6v4.2l2.7 1.6`;
export const close = 'M5 5l10 10M15 5L5 15';
export const copy =
  'M8.3 7h7c.7 0 1.2.5 1.2 1.2v7c0 .7-.5 1.2-1.2 1.2h-7c-.7 0-1.2-.5-1.2-1.2v-7c0-.7.5-1.2 1.2-1.2zM4.3 12.5c-.5-.1-.8-.6-.8-1.1V4.7c0-.7.5-1.2 1.2-1.2h6.7c.5 0 1 .3 1.1.8';
export const done = `${RING}M6.8 10.3l2.2 2.2 4.2-4.7`;
export const down = 'M5 7.5l5 5 5-5';
export const download = 'M10 3v10M5.5 8.7l4.5 4.5 4.5-4.5M4 16.8h12';
export const eye =
  'M2.5 10C4 6.7 6.7 4.8 10 4.8s6 1.9 7.5 5.2c-1.5 3.3-4.2 5.2-7.5 5.2S4 13.3 2.5 10zM12.4 10a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0z';
export const file =
  'M6.2 2.8h5.3L15.5 6.8v9.2c0 .7-.5 1.2-1.2 1.2H6.2c-.7 0-1.2-.5-1.2-1.2V4c0-.7.5-1.2 1.2-1.2zM11.3 2.8v4.2h4.2';
export const fwd = 'M7.5 5l5 5-5 5';
export const globe = `${RING}M3 10h14M10 3c2 2 2.9 4.4 2.9 7S12 15 10 17c-2-2-2.9-4.4-2.9-7S8 5 10 3z`;
export const hook =
  'M8.1 8.3a2.5 2.5 0 1 1 3.8 0M8.3 8.1l-2.4 4.4M11.7 8.1l2.4 4.4M7.4 14.7h5.2M7.4 14.7a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0zM17.2 14.7a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z';
export const inbox =
  'M3 11l2-6.2c.2-.6.7-1 1.3-1h7.4c.6 0 1.1.4 1.3 1L17 11v3.6c0 .8-.6 1.4-1.4 1.4H4.4C3.6 16 3 15.4 3 14.6zM3 11h3.6L8 13.2h4l1.4-2.2H17';
export const key = 'M9.3 12.6a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0zM8.4 10.3l7.2-7.2M12.5 6.2l2.4 2.4';
export const link =
  'M8.5 4.5H5.3C4.6 4.5 4 5.1 4 5.8v8.9c0 .7.6 1.3 1.3 1.3h8.9c.7 0 1.3-.6 1.3-1.3v-3.2M12 3.5h4.5V8M16.3 3.7L9.5 10.5';
export const lock =
  'M5.4 9h9.2c.7 0 1.2.5 1.2 1.2v5.4c0 .7-.5 1.2-1.2 1.2H5.4c-.7 0-1.2-.5-1.2-1.2v-5.4C4.2 9.5 4.7 9 5.4 9zM6.8 9V6.2a3.2 3.2 0 0 1 6.4 0V9';
export const more = 'M4.5 10h.1M10 10h.1M15.5 10h.1';
export const offline =
  'M3 3l14 14M10 16.2v.1M7.3 13.3a4 4 0 0 1 4.2-.9M5 10.6a7.2 7.2 0 0 1 3-1.8M2.7 7.8A10.5 10.5 0 0 1 5.4 6M9.5 5a10.5 10.5 0 0 1 7.8 2.8M12.6 9a7.2 7.2 0 0 1 2.4 1.6';
export const pen = 'M13.3 3.7l3 3L7 16l-3.7.7.7-3.7z';
export const plus = 'M10 4v12M4 10h12';
export const queue = 'M3 5.5h14M3 10h14M3 14.5h8';
export const retry = 'M16 10a6 6 0 1 1-1.8-4.3L16 7.4M16 3.7v3.7h-3.7';
export const search = 'M14 9A5 5 0 1 1 4 9a5 5 0 0 1 10 0zM12.7 12.7L17 17';
export const send = 'M10 16V4M5 9l5-5 5 5';
export const settings =
  'M3 6.5h7.5M14.5 6.5H17M3 13.5h2.5M9.5 13.5H17M14.5 6.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM9.5 13.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0z';
export const shield = 'M10 2.8l5.8 2v4.6c0 3.7-2.3 6.5-5.8 7.8-3.5-1.3-5.8-4.1-5.8-7.8V4.8z';
export const smile = `${RING}${EYES}M6.9 11.7c.7 1.2 1.8 1.9 3.1 1.9s2.4-.7 3.1-1.9`;
export const snooze = 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z';
export const sort = 'M6.5 4v12M3.5 13l3 3 3-3M13.5 16V4M10.5 7l3-3 3 3';
export const stop = 'M7.2 6.5h5.6c.4 0 .7.3.7.7v5.6c0 .4-.3.7-.7.7H7.2c-.4 0-.7-.3-.7-.7V7.2c0-.4.3-.7.7-.7z';
export const tag =
  'M3.2 4.4v5c0 .4.1.7.4 1l6.2 6.2c.5.5 1.3.5 1.8 0l5-5c.5-.5.5-1.3 0-1.8l-6.2-6.2c-.3-.3-.6-.4-1-.4h-5c-.7 0-1.2.5-1.2 1.2zM6.8 6.8v.1';
export const trash =
  'M3.8 5.5h12.4M8 5.3V3.5h4v1.8M5.2 5.5l.7 10.3c0 .7.6 1.2 1.2 1.2h5.8c.6 0 1.2-.5 1.2-1.2l.7-10.3M8.3 8.8v5M11.7 8.8v5';
export const user = 'M13 6.6a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM4.2 16.6c.6-3 2.8-4.7 5.8-4.7s5.2 1.7 5.8 4.7';
export const users =
  'M10.6 6.9a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0zM2.6 16.2c.4-2.7 2.5-4.2 5.2-4.2s4.8 1.5 5.2 4.2M12.6 4.3a2.8 2.8 0 0 1 0 5.2M14.6 12.3c1.6.6 2.6 2 2.8 3.9';

/** The five ratings, from 1 to 5. */
export const faces = [
  `${RING}${EYES}M6.8 14c.6-1.5 1.8-2.4 3.2-2.4s2.6.9 3.2 2.4`,
  `${RING}${EYES}M7.2 13.5c.7-.9 1.7-1.4 2.8-1.4s2.1.5 2.8 1.4`,
  `${RING}${EYES}M7.2 12.8h5.6`,
  `${RING}${EYES}M7.2 12c.7.9 1.7 1.4 2.8 1.4s2.1-.5 2.8-1.4`,
  `${RING}${EYES}M6.5 11.3h7c-.3 1.9-1.7 3.2-3.5 3.2s-3.2-1.3-3.5-3.2z`,
] as const;
