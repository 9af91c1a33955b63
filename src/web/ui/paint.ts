import { accentOf } from './accent.ts';

/** Sets the accent's custom properties: `--accent`, `--on-accent`, `--accent-hover`, … */
export function paint(element: HTMLElement, hex: string, dark: boolean): void {
  const { accent, onAccent, hover, pressed, tint, tint2, text, edge } = accentOf(hex, dark);
  const properties = { '': accent, hover, pressed, tint, tint2, text, edge };
  for (const [name, colour] of Object.entries(properties)) {
    element.style.setProperty(name ? `--accent-${name}` : '--accent', colour);
  }
  element.style.setProperty('--on-accent', onAccent);
}
