import { type Static, Type } from 'typebox';
import { PageProperties } from './http-query.ts';
import { MAX_SHORTCUT_LENGTH } from './limits.ts';
import { answered, received } from './schema.ts';
import { Content, Id } from './words.ts';

/** What one types to find it: one word. */
const Shortcut = Type.String({
  pattern: `^[^\\s\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]{1,${MAX_SHORTCUT_LENGTH}}$`,
  description: `one word of 1 to ${MAX_SHORTCUT_LENGTH} characters`,
});

/** A text that the team writes often, by the word that finds it. */
export const CannedReply = answered(
  'CannedReply',
  { id: Id, shortcut: Type.String(), text: Type.String() },
  'A text that the team writes often, by the word that finds it.',
);
export type CannedReply = Static<typeof CannedReply>;

/** POST /v1/canned-replies */
export const CannedReplyBody = received({ shortcut: Shortcut, text: Content });
export type CannedReplyBody = Static<typeof CannedReplyBody>;

/** PATCH /v1/canned-replies/:id */
export const CannedReplyPatch = received({ shortcut: Type.Optional(Shortcut), text: Type.Optional(Content) });
export type CannedReplyPatch = Static<typeof CannedReplyPatch>;

/** GET /v1/canned-replies */
export const CannedRepliesQuery = received(PageProperties);
export type CannedRepliesQuery = Static<typeof CannedRepliesQuery>;
