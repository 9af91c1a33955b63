import { type Static, Type } from 'typebox';
import { answered } from './schema.ts';
import { Count } from './words.ts';

export const TagCount = answered(
  'TagCount',
  { tag: Type.String(), conversations: Count, open: Count },
  'A tag that is in use: how many support conversations have it, and how many of these are open.',
);
export type TagCount = Static<typeof TagCount>;
