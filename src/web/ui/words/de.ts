import type { Catalogue } from '../texts.ts';
import type { en, enMore } from './en.ts';

/** What the widget and the console say alike. */
export const de: Catalogue<keyof typeof en> = {
  menu: 'Mehr',
  reconnecting: 'Verbindung wird wiederhergestellt…',
  write: 'Nachricht schreiben',
  send: 'Senden',
  attach: 'Datei anhängen',
  emoji: 'Emoji',
  newMessages: { one: '{count} neue Nachricht', other: '{count} neue Nachrichten' },
  toEnd: 'Zur neuesten Nachricht',
  sent: 'Gesendet',
  delivered: 'Zugestellt',
  edited: 'Bearbeitet',
  retry: 'Noch einmal',
  deleted: 'Diese Nachricht wurde gelöscht',
  typing: '{name} schreibt',
};

/** Of parts that the widget loads when they are needed. */
export const deMore: Catalogue<keyof typeof enMore> = {
  stop: 'Antwort anhalten',
  broken: 'Die Antwort brach ab.',
  back: 'Zurück',
  cancel: 'Abbrechen',
  edit: 'Bearbeiten',
  delete: 'Löschen',
  email: 'E-Mail',
  name: 'Name',
};
