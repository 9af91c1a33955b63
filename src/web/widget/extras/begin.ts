/** A conversation that somebody wants beside the former, or with whom they chose. */
import type { Ctx } from '../context.ts';
import type { Options } from '../options.ts';
import type { Place } from '../place.ts';

/** Those on their way. */
const coming = new WeakMap<Place, Promise<string>>();

/** Makes it, and gives its id. Rejects where the server makes none. What is written until it is there goes there too. */
export function begin(ctx: Ctx, place: Place, queue: Options['queue']): Promise<string> {
  const made = coming.get(place) ?? make(ctx, place, queue).finally(() => coming.delete(place));
  coming.set(place, made);
  return made;
}

async function make(ctx: Ctx, place: Place, queue: Options['queue']): Promise<string> {
  const { wanted } = place;
  const made = await ctx.ensureClient().createConversation({
    kind: 'support',
    ...(queue ? { queue } : {}),
    ...(wanted ? { assigneeId: wanted } : {}),
  });
  place.choose(made.id);
  return made.id;
}
