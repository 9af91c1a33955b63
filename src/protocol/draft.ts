import { type Static, type TSchema, Type } from 'typebox';
import { normaliseContent } from './content.ts';
import { normaliseId } from './id.ts';
import { MAX_ATTACHMENTS, MAX_QUICK_REPLIES, MAX_QUICK_REPLY_LENGTH, MAX_URL_LENGTH } from './limits.ts';
import { received, withRule } from './schema.ts';
import { Content, Id, Line } from './words.ts';

export const DraftProperties = {
  id: Type.Optional(Id),
  content: Type.Optional(Content),
  attachments: Type.Optional(Type.Array(Id, { maxItems: MAX_ATTACHMENTS })),
  attachmentUrl: Type.Optional(
    Type.String({ maxLength: MAX_URL_LENGTH, pattern: '^https://[^\\s/]\\S*$', description: 'an https address' }),
  ),
  quickReplies: Type.Optional(Type.Array(Line(MAX_QUICK_REPLY_LENGTH), { maxItems: MAX_QUICK_REPLIES })),
  kind: Type.Optional(Type.Literal('system')),
};

type DraftFields = { content?: string; attachments?: string[]; attachmentUrl?: string };

/** Puts a shape that has a draft's properties under the rules that a draft obeys as a whole. */
export function underDraftRules<S extends TSchema>(schema: S) {
  const withBody = withRule(schema, 'content', 'is required where there is no attachment', (draft) =>
    hasBody(draft as DraftFields),
  );
  const distinct = withRule(withBody, 'attachments', 'must be different ones', (draft) =>
    areDistinct((draft as DraftFields).attachments ?? []),
  );
  return withRule(distinct, 'attachmentUrl', `is one attachment too many: at most ${MAX_ATTACHMENTS}`, (draft) =>
    attachmentsFit(draft as DraftFields),
  );
}

/** A message as it is sent: a content or an attachment. quickReplies are for bots, kind for API keys. */
export const Draft = underDraftRules(received(DraftProperties, { $id: 'Draft' }));
export type Draft = Static<typeof Draft>;

/** A draft as it is kept and compared with what was kept: ids in lower case, content normalised. */
export function normaliseDraft(draft: Draft): Draft {
  return {
    ...draft,
    ...(draft.id === undefined ? {} : { id: normaliseId(draft.id) }),
    ...(draft.content === undefined ? {} : { content: normaliseContent(draft.content) }),
    ...(draft.attachments === undefined ? {} : { attachments: draft.attachments.map(normaliseId) }),
  };
}

function hasBody({ content = '', attachments = [], attachmentUrl }: DraftFields): boolean {
  return attachments.length > 0 || attachmentUrl !== undefined || content.trim() !== '';
}

function areDistinct(ids: string[]): boolean {
  return ids.length < 2 || new Set(ids.map(normaliseId)).size === ids.length;
}

function attachmentsFit({ attachments = [], attachmentUrl }: DraftFields): boolean {
  return attachmentUrl === undefined || attachments.length < MAX_ATTACHMENTS;
}
