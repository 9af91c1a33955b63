/** The tables that the writer writes row by row, and by which columns a row is found again. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { attachments, files } from './schema/attachments.ts';
import { bots, turns } from './schema/bots.ts';
import { conversations, participants, reads, tags } from './schema/conversations.ts';
import { apiKeys, links, sessions } from './schema/credentials.ts';
import { jobs, removals } from './schema/jobs.ts';
import { messages } from './schema/messages.ts';
import { notices, pushes } from './schema/notices.ts';
import { deliveries, outbox, receivers, webhooks } from './schema/outbox.ts';
import { passkeys } from './schema/passkeys.ts';
import { authors, identities, users } from './schema/people.ts';
import { audit, cannedReplies, settings } from './schema/setup.ts';
import { totp } from './schema/totp.ts';

interface WrittenTable {
  table: SQLiteTable;
  /** The columns of its primary key. */
  keys: readonly string[];
  /** What a send or a mark moves: of a row that is only touched, these columns alone are written. */
  busy?: readonly string[];
}

/** None of these but the last three stands in an index. */
const BUSY_CONVERSATION = [
  'seq',
  'rev',
  'lastSeq',
  'lastUser',
  'lastKind',
  'lastText',
  'lastAt',
  'lastUncounted',
  'teamReadSeq',
  'teamReadAt',
  'botAfterRead',
  'position',
  'activity',
  'waiting',
];
/** What is kept of a text that is being written. */
const BUSY_MESSAGE = ['content'];
const BUSY_PARTICIPANT = ['readSeq', 'readAt', 'deliveredSeq', 'ownAfterRead', 'markPosition'];

/** Parents stand before what refers to them: rows are written in this order, and deleted before that in the reverse. */
export const writtenTables = {
  users: { table: users, keys: ['id'] },
  identities: { table: identities, keys: ['provider', 'subject'] },
  authors: { table: authors, keys: ['id'] },
  sessions: { table: sessions, keys: ['id'] },
  links: { table: links, keys: ['id'] },
  totp: { table: totp, keys: ['id'] },
  passkeys: { table: passkeys, keys: ['id'] },
  apiKeys: { table: apiKeys, keys: ['id'] },
  conversations: { table: conversations, keys: ['id'], busy: BUSY_CONVERSATION },
  participants: { table: participants, keys: ['conversation', 'user'], busy: BUSY_PARTICIPANT },
  messages: { table: messages, keys: ['id'], busy: BUSY_MESSAGE },
  files: { table: files, keys: ['id'] },
  attachments: { table: attachments, keys: ['id'] },
  bots: { table: bots, keys: ['id'] },
  turns: { table: turns, keys: ['id'] },
  reads: { table: reads, keys: ['conversation', 'user', 'seq'] },
  tags: { table: tags, keys: ['conversation', 'tag'] },
  settings: { table: settings, keys: ['id'] },
  cannedReplies: { table: cannedReplies, keys: ['id'] },
  audit: { table: audit, keys: ['id'] },
  jobs: { table: jobs, keys: ['id'] },
  removals: { table: removals, keys: ['id'] },
  outbox: { table: outbox, keys: ['id'] },
  receivers: { table: receivers, keys: ['id'] },
  webhooks: { table: webhooks, keys: ['id'] },
  deliveries: { table: deliveries, keys: ['webhook', 'event'] },
  notices: { table: notices, keys: ['id'] },
  pushes: { table: pushes, keys: ['id'] },
} as const satisfies Record<string, WrittenTable>;

export type TableName = keyof typeof writtenTables;
export type RowOf<T extends TableName> = (typeof writtenTables)[T]['table']['$inferSelect'];

/** Of these, changes name single rows by their key alone: `Want.row` loads them, `WorkingSet.rows` holds them. */
export const keyedTables = [
  'cannedReplies',
  'sessions',
  'links',
  'totp',
  'passkeys',
  'apiKeys',
  'settings',
  'audit',
  'jobs',
  'removals',
  'bots',
  'receivers',
  'webhooks',
  'notices',
  'pushes',
] as const satisfies readonly TableName[];
export type KeyedTable = (typeof keyedTables)[number];
