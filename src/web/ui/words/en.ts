import type { Catalogue } from '../texts.ts';

/** What the widget and the console say alike: each language has it once. */
export const en = {
  menu: 'More',
  reconnecting: 'Reconnecting…',
  write: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  emoji: 'Emoji',
  newMessages: { one: '{count} new message', other: '{count} new messages' },
  toEnd: 'To the newest message',
  sent: 'Sent',
  delivered: 'Delivered',
  edited: 'Edited',
  retry: 'Try again',
  deleted: 'This message was deleted',
  typing: '{name} is writing',
} satisfies Catalogue<string>;

/** Of parts that the widget loads when they are needed. */
export const enMore = {
  stop: 'Stop answering',
  broken: 'The answer broke off.',
  back: 'Back',
  cancel: 'Cancel',
  edit: 'Edit',
  delete: 'Delete',
  email: 'E-mail',
  name: 'Name',
} satisfies Catalogue<string>;
