import type { Catalogue } from '../texts.ts';

/** What both pages say. */
export const en = {
  greeting: 'Hello! How can we help?',
  online: 'We’re here now.',
  away: 'Leave a message, we’ll answer here.',
  new: 'New',
  readAt: 'Read {at}',
  menu: 'More',
  reconnecting: 'Reconnecting…',
  write: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  emoji: 'Emoji',
  sent: 'Sent',
  edited: 'Edited',
  typing: '{name} is writing',
  deleted: 'This message was deleted',
} satisfies Catalogue<string>;

/** Of parts that the widget loads when they are needed. */
export const more = {
  newMessages: { one: '{count} new message', other: '{count} new messages' },
  toEnd: 'To the newest message',
  delivered: 'Delivered',
  discard: 'Remove',
  retry: 'Try again',
  stop: 'Stop answering',
  broken: 'The answer broke off.',
  back: 'Back',
  cancel: 'Cancel',
  edit: 'Edit',
  delete: 'Delete',
  email: 'E-mail',
  name: 'Name',
} satisfies Catalogue<string>;

export type Key = keyof typeof en | keyof typeof more;
