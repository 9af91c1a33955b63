import { type Static, Type } from 'typebox';
import { MAX_CONTEXT_BYTES } from './limits.ts';
import { received, withRule } from './schema.ts';

const Text = Type.String({ maxLength: MAX_CONTEXT_BYTES });

/** Where a customer is while they write: told by their page, shown to the team only. */
export const Context = withRule(
  received(
    {
      page: Type.Optional(Text),
      title: Type.Optional(Text),
      referrer: Type.Optional(Text),
      language: Type.Optional(Text),
      timeZone: Type.Optional(Text),
    },
    { $id: 'Context' },
  ),
  '',
  `must be at most ${MAX_CONTEXT_BYTES} bytes of JSON in all`,
  (context) => new TextEncoder().encode(JSON.stringify(context)).length <= MAX_CONTEXT_BYTES,
);
export type Context = Static<typeof Context>;
