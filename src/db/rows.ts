/** The rows as the rest of the server sees them: what the Drizzle schema says, nothing more. */
import type { attachments, files } from './schema/attachments.ts';
import type { bots, turns } from './schema/bots.ts';
import type { conversations, participants, tags } from './schema/conversations.ts';
import type { apiKeys, links, sessions } from './schema/credentials.ts';
import type { jobs } from './schema/jobs.ts';
import type { messages } from './schema/messages.ts';
import type { meta } from './schema/meta.ts';
import type { notices, pushes } from './schema/notices.ts';
import type { deliveries, outbox, receivers, webhooks } from './schema/outbox.ts';
import type { passkeys } from './schema/passkeys.ts';
import type { authors, users } from './schema/people.ts';
import type { audit, cannedReplies, settings } from './schema/setup.ts';
import type { totp } from './schema/totp.ts';

export type MetaRow = typeof meta.$inferSelect;
export type UserRow = typeof users.$inferSelect;
export type AuthorRow = typeof authors.$inferSelect;
export type SessionRow = typeof sessions.$inferSelect;
export type LinkRow = typeof links.$inferSelect;
export type PasskeyRow = typeof passkeys.$inferSelect;
export type TotpRow = typeof totp.$inferSelect;
export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type ConversationRow = typeof conversations.$inferSelect;
export type TagRow = typeof tags.$inferSelect;
export type ParticipantRow = typeof participants.$inferSelect;
export type JobRow = typeof jobs.$inferSelect;
export type MessageRow = typeof messages.$inferSelect;
export type SettingsRow = typeof settings.$inferSelect;
export type CannedReplyRow = typeof cannedReplies.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;
export type FileRow = typeof files.$inferSelect;
export type AttachmentRow = typeof attachments.$inferSelect;
export type BotRow = typeof bots.$inferSelect;
export type TurnRow = typeof turns.$inferSelect;
export type OutboxRow = typeof outbox.$inferSelect;
export type ReceiverRow = typeof receivers.$inferSelect;
export type WebhookRow = typeof webhooks.$inferSelect;
export type DeliveryRow = typeof deliveries.$inferSelect;
export type NoticeRow = typeof notices.$inferSelect;
export type PushRow = typeof pushes.$inferSelect;

/** A new conversation's row: everything at its beginning, to be filled by whoever makes it. */
export function newConversation(
  given: Pick<ConversationRow, 'id' | 'uuid' | 'kind' | 'position' | 'createdAt'> & Partial<ConversationRow>,
): ConversationRow {
  return {
    parent: null,
    openKey: null,
    externalId: null,
    status: 'open',
    subject: null,
    maxLength: null,
    seq: 0,
    rev: 1,
    resetRev: 0,
    activity: given.position,
    lastSeq: null,
    lastUser: null,
    lastKind: null,
    lastText: null,
    lastAt: null,
    lastUncounted: 0,
    participantCount: 0,
    customer: null,
    assignee: null,
    queue: null,
    teamReadSeq: 0,
    teamReadAt: null,
    botAfterRead: 0,
    waiting: null,
    firstResponseAt: null,
    rating: null,
    comment: null,
    snoozedUntil: null,
    ip: null,
    userAgent: null,
    context: {},
    closedAt: null,
    ...given,
  };
}
