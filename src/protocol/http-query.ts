import { Type } from 'typebox';
import { ID_PATTERN } from './id.ts';
import { DEFAULT_PAGE, MAX_PAGE, MAX_WATCHED_USERS } from './limits.ts';
import { Cursor } from './words.ts';

/** What every list takes. */
export const PageProperties = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })),
  cursor: Type.Optional(Cursor),
};

const id = ID_PATTERN.slice(1, -1);

/** Ids in one text, with commas between them; `team` stands for the team. */
export const IdsOrTeam = Type.String({
  pattern: `^(${id}|team)(,(${id}|team)){0,${MAX_WATCHED_USERS - 1}}$`,
  description: `a list by comma of at most ${MAX_WATCHED_USERS} ids, or team`,
});

/** Takes apart what {@link IdsOrTeam} lets in. */
export function splitIds(ids: string): string[] {
  return ids.split(',');
}
