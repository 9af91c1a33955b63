/** The time as the page shows it: moves each ten seconds, which is as fine as waiting times are told. */
import { signal } from '@preact/signals';

export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 10_000);
