/** Von dem, was mit mehreren Gesprächen auf einmal geschieht. */
import type { Text } from '../../texts.ts';
import type { many as english } from '../en/many.ts';

export const many: Record<keyof typeof english, Text> = {
  chooseSeveral: 'Mehrere auswählen',
  chooseIt: '{name} auswählen',
  nChosen: { one: 'Eines ausgewählt', other: '{count} ausgewählt' },
  chooseAll: 'Alle hier',
  chooseNone: 'Keines auswählen',
  nClosed: { one: 'Eines geschlossen.', other: '{count} geschlossen.' },
  nTaken: { one: 'Eines übernommen.', other: '{count} übernommen.' },
  nPassedOn: { one: 'Eines weitergegeben.', other: '{count} weitergegeben.' },
  someNot: { one: 'Eines nicht: {why}', other: '{count} nicht: {why}' },
  keyChoose: 'Auswählen, zusammen mit anderen',
};
