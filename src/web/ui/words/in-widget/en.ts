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
  offline: 'You’re offline. Messages wait and go out later.',
  conversation: 'Conversation',
  you: 'You',
  deletedOwn: 'You deleted this message',
  queued: 'Waiting for the network',
  read: 'Read',
  wrong: 'That did not work. Try again.',
} satisfies Catalogue<string>;

export type Key = keyof typeof en | keyof typeof more;
