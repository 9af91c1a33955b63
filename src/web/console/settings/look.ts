/** The widget's look, as the team's settings keep it. */
export const ACCENTS = ['#2f55d4', '#0f7b5f', '#c2410c', '#be185d', '#111111', '#ffd60a'] as const;

/** What of `look` this page sets; the rest of it is left as it is. */
export type Look = {
  name?: string;
  accent?: string;
  theme?: 'auto' | 'light' | 'dark';
  position?: 'right' | 'left';
  radius?: number;
  starters?: string[];
  form?: { fields: { name: string; type?: string; required?: boolean }[] };
};
