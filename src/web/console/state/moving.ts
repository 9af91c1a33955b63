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

/** The rows as they stand, for the keys that move through them. */
export const shownRows: {
  ids: readonly string[];
  selected: string | undefined;
  open(id: string, how?: 'push' | 'replace'): void;
} = { ids: [], selected: undefined, open() {} };
