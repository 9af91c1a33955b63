import { accentOf, isHex } from './accent.ts';

/** The accent of who chose none, or nothing that is a colour. */
export const DEFAULT_ACCENT = '#2f55d4';

/** Sets the accent's custom properties on an element: `--accent`, `--on-accent`, `--accent-hover`, … */
export function paint(element: HTMLElement, chosen: unknown, dark: boolean): void {
  const colours = accentOf(isHex(chosen) ? chosen : DEFAULT_ACCENT, dark);
  for (const [name, colour] of Object.entries(colours)) {
    const property = name === 'accent' ? name : name === 'onAccent' ? 'on-accent' : `accent-${name}`;
    element.style.setProperty(`--${property}`, colour);
  }
}
