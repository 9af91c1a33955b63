/** What stands above the page: one at a time. */
import { signal } from '@preact/signals';

export type Overlay =
  | { name: 'palette'; text: string }
  | { name: 'keys' }
  | { name: 'details' }
  | { name: 'room' }
  | { name: 'more' };

export const overlay = signal<Overlay | null>(null);

/** Opens the palette, with words in it already. */
export function palette(text: string): void {
  overlay.value = { name: 'palette', text };
}

export function closeOverlay(): void {
  overlay.value = null;
}

export function openNewRoom(): void {
  overlay.value = { name: 'room' };
}
