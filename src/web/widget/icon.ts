import type { icon as draw } from '../ui/svg.ts';

/** Draws an icon. The loader has done so already, and hands it over (chat.ts): it is not loaded twice. */
export let icon: typeof draw;

export function drawIconsBy(given: typeof draw): void {
  icon = given;
}
