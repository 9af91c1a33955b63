/** The tags that are in use, and in how many conversations. */
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { TagCount } from '../../protocol/tag-count.ts';
import { isTeam } from '../access.ts';
import type { Caller } from '../caller.ts';

/** More are not for one page to show. */
const MOST_TAGS = 1000;

export function createTags(db: Questions) {
  const statement = lazily({
    // Any tag is above the empty one: the index is walked in its order, and nothing is sorted.
    counted: () =>
      db.inWords<Record<string, never>, TagCount>(`
        select tags.tag as tag, count(*) as conversations, count(case when parent.status = 'open' then 1 end) as open
        from tags join conversations side on side.id = tags.conversation join conversations parent on parent.id = side.parent
        where tags.tag > '' group by tags.tag order by tags.tag limit ${MOST_TAGS}`),
  });

  /** By name. Throws `FORBIDDEN` for who does not see every support conversation. */
  async function tags(caller: Caller): Promise<TagCount[]> {
    if (caller.kind !== 'user' || !isTeam(caller.role)) throw new Refusal('FORBIDDEN');
    return statement.counted.all({});
  }

  return { statement, tags };
}
