/** Whether one is here, as the others see it. */
import { signal } from '@preact/signals';
import { client } from './desk.ts';

export const ownState = signal<'online' | 'away'>('online');

export function setOwnState(next: 'online' | 'away'): void {
  ownState.value = next;
  void client()
    .setPresence(next)
    .catch(() => {});
}
