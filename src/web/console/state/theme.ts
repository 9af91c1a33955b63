/** Light or dark: as the system is, or as one chose; and the colours that follow from it. */
import { effect, signal } from '@preact/signals';
import { paint } from '../../ui/paint.ts';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'parley.theme';
const ACCENT = '#2f55d4';

const kept = localStorage.getItem(KEY) as Theme;
export const theme = signal<Theme>(THEMES.includes(kept) ? kept : 'system');

export function chooseTheme(next: Theme): void {
  localStorage.setItem(KEY, next);
  theme.value = next;
}

export function followTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const systemIsDark = signal(system.matches);
  system.addEventListener('change', ({ matches }) => {
    systemIsDark.value = matches;
  });
  effect(() => {
    const dark = theme.value === 'system' ? systemIsDark.value : theme.value === 'dark';
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    paint(document.documentElement, ACCENT, dark);
  });
}
