/** A conversation that somebody wants beside the former, or with whom they chose. */
import type { Ctx } from '../context.ts';
import type { Options } from '../options.ts';
import type { Place } from '../place.ts';

/** Makes it, and gives its id. Rejects where the server makes none. */
export async function begin(ctx: Ctx, place: Place, queue: Options['queue']): Promise<string> {
  const { wanted } = place;
  const made = await ctx.ensureClient().createConversation({
    kind: 'support',
    ...(queue ? { queue } : {}),
    ...(wanted ? { assigneeId: wanted } : {}),
  });
  place.choose(made.id);
  return made.id;
}
