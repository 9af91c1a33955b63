/** Von der Seite, die sagt, wie das Widget aussieht, und von ihrer Vorschau. */
import type { Text } from '../../texts.ts';
import type { widget as english } from '../en/widget.ts';

export const widget: Record<keyof typeof english, Text> = {
  scriptLine: 'Skriptzeile',
  scriptHint: 'Kommt in eure Seiten. Deren Adressen gehören in PARLEY_ORIGINS.',
  widgetName: 'Name im Widget',
  accent: 'Akzent',
  accentHex: 'Akzent als Hex-Farbe',
  accentHint: 'Text darauf bleibt lesbar, was immer du wählst.',
  theme: 'Aussehen',
  asVisitor: 'Wie beim Besucher',
  asSystem: 'Wie das System',
  light: 'Hell',
  dark: 'Dunkel',
  corner: 'Ecke',
  leftSide: 'Links',
  rightSide: 'Rechts',
  roundness: 'Rundung',
  greetingLabel: 'Begrüßung',
  whenAway: 'Wenn niemand da ist',
  starters: 'Fragen zum Anfangen',
  startersHint: 'Eine je Zeile, höchstens {count}. Ein Klick sendet sie.',
  askFirst: 'Erst nach Name und E-Mail fragen',
  askFirstHint: 'Dann schreiben weniger.',
  preview: 'Vorschau',
  firstVisit: 'Erster Besuch',
  conversationWord: 'Gespräch',
  previewAsk: 'Liefert ihr nach Norwegen?',
  previewAnswer: 'Ja, in drei bis fünf Tagen.',
  typingText: 'Sehen, was Kunden schreiben, bevor sie es senden',
  typingTextHint: 'Das Widget sagt es ihnen.',
};
