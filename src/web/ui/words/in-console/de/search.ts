/** Von der Suche. */
import type { Text } from '../../texts.ts';
import type { search as english } from '../en/search.ts';

export const search: Record<keyof typeof english, Text> = {
  search: 'Suchen',
  searchWords: 'Wörter in Nachrichten',
  searchFor: 'Alle Nachrichten mit „{words}“',
  searchHere: 'In diesem Gespräch suchen',
  searchHow: 'Wörter, die alle vorkommen müssen; "in Anführungszeichen" als Wendung.',
  searchFound: 'Gefundene Nachrichten',
  searching: 'Wird gesucht …',
  searchEnd: { one: 'Eine Nachricht, mehr nicht.', other: '{count} Nachrichten, mehr nicht.' },
  narrowDown: 'Eingrenzen',
  bestFirst: 'Beste zuerst',
  writtenBy: 'Geschrieben von',
  byAnybody: 'Irgendwem',
  fromDay: 'Von',
  toDay: 'Bis',
  withinName: 'Nur mit {name}',
  withinOne: 'In einem Gespräch',
  everywhere: 'Überall suchen',
  chooseFound: 'Wähle eine Nachricht',
  chooseFoundHow: 'Sie öffnet sich dort, wo sie im Gespräch steht.',
  keySearch: 'In allen Nachrichten suchen',
};
