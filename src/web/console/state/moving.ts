/** Whether somebody moves through the list by keys: it keeps still until they stop. */
import { signal } from '@preact/signals';

const REST_MS = 2500;

export const movingByKeys = signal(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export function movedByKey(): void {
  movingByKeys.value = true;
  clearTimeout(timer);
  timer = setTimeout(() => {
    movingByKeys.value = false;
  }, REST_MS);
}

/** So long after what one did oneself do rows move freely, ms: what it changed is told a little later. */
const FREE_MS = 500;

/** Whether rows move though somebody is at the list: what was taken back is expected there at once. */
export const movingFreely = signal(false);
let freeTimer: ReturnType<typeof setTimeout> | undefined;

export function moveFreely(): void {
  movingFreely.value = true;
  clearTimeout(freeTimer);
  freeTimer = setTimeout(() => {
    movingFreely.value = false;
  }, FREE_MS);
}

/** The rows as they stand, for the keys that move through them. */
export const shownRows: {
  ids: readonly string[];
  selected: string | undefined;
  open(id: string, how?: 'push' | 'replace'): void;
} = { ids: [], selected: undefined, open() {} };
