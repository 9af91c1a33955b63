import { type Static, Type } from 'typebox';
import { answered } from './schema.ts';
import { Count, Id } from './words.ts';

/** An uploaded file, or an https link. */
export const Attachment = answered(
  'Attachment',
  {
    id: Id,
    name: Type.String(),
    type: Type.String(),
    size: Count,
    width: Type.Optional(Count),
    height: Type.Optional(Count),
    url: Type.Optional(Type.String()),
  },
  'An uploaded file, whose bytes are at GET /v1/attachments/{id}, or an https link: url set, size 0, never fetched.',
);
export type Attachment = Static<typeof Attachment>;
