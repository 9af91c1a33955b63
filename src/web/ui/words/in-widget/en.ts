import { en as both } from '../in-both/en.ts';
import type { Catalogue } from '../texts.ts';
import type { more } from './more.ts';

/** The widget's words, but for those of parts that are loaded when needed (more.ts). A team may say each in its own. */
export const en = {
  ...both,
  open: 'Open the chat',
  openUnread: { one: 'Open the chat, {count} new message', other: 'Open the chat, {count} new messages' },
  close: 'Close the chat',
  team: 'Chat',
  backAt: 'Back on {at}',
  person: 'A person can take over any time',
  offline: 'You’re offline. Messages wait and go out later.',
  private: 'Private window: this chat ends when you close it.',
  blocked: 'You can’t write here now.',
  writeRoom: 'Write to everybody here',
  conversation: 'Conversation',
  you: 'You',
  queued: 'Waiting for the network',
  after: 'After the file',
  read: 'Read',
  failed: 'Not sent: an error on our side.',
  failedNetwork: 'Not sent.',
  fast: 'A little fast. Sending again in {count} s.',
  tooLong: { one: '{count} character too many, {max} fit.', other: '{count} characters too many, {max} fit.' },
  deletedOwn: 'You deleted this message',
  ai: 'AI',
  closed: 'This conversation is closed. Just write to open it again.',
  closedBy: '{name} closed this conversation. Just write to open it again.',
  closedRoom: 'This conversation is closed.',
  people: { one: '{count} person', other: '{count} people' },
  wrong: 'That did not work. Try again.',
} satisfies Catalogue<string>;

export type Key = keyof typeof en | keyof typeof more;
