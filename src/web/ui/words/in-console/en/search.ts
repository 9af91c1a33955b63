/** Of the search. */
import type { Text } from '../../texts.ts';

export const search = {
  search: 'Search',
  searchWords: 'Words in messages',
  searchFor: 'All messages with “{words}”',
  searchHere: 'Search in this conversation',
  searchHow: 'Words that all have to be there; "in quotes" for a phrase.',
  searchFound: 'Messages that were found',
  searching: 'Searching…',
  searchEnd: { one: 'One message, that is all.', other: '{count} messages, that is all.' },
  narrowDown: 'Narrow down',
  bestFirst: 'Best match first',
  writtenBy: 'Written by',
  byAnybody: 'Anybody',
  fromDay: 'From',
  toDay: 'Until',
  withinName: 'Only with {name}',
  withinOne: 'In one conversation',
  everywhere: 'Search everywhere',
  chooseFound: 'Choose a message',
  chooseFoundHow: 'It opens where it stands in its conversation.',
  keySearch: 'Search in all messages',
} satisfies Record<string, Text>;
