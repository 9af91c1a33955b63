/** A conversation in its place in the page: what `<parley-chat>` names, and its panel there. */
import type { Ctx } from '../context.ts';
import type { Talk as Client } from '../light/talk.ts';
import type { Options } from '../options.ts';
import type { Panel, PanelOptions } from '../parts.ts';
import type { Target } from '../place.ts';

/** What the element names is looked for once a line: the client says who looks, and that there is one. */
function once(find: (client: Client) => Promise<string | undefined>): NonNullable<Target['find']> {
  let asked: unknown;
  return (client, found) => {
    const { user } = client;
    if (asked === user) return;
    asked = user;
    find(client).then(
      (id) => {
        if (asked === user) found(id);
      },
      () => {
        asked = undefined;
      },
    );
  };
}

/** `<parley-chat room="…">`, `user="…"` (both by the host's own ids) or `conversation="…"`; none: support. */
function targetOf(host: HTMLElement): Target {
  const [room, user, id] = ['room', 'user', 'conversation'].map((name) => host.getAttribute(name));
  // A room is the host's to make; a direct conversation is made when there is none.
  if (room) {
    const find = async ({ conversations }: Client) =>
      (await conversations.load({ kind: 'room', externalId: room })).items[0]?.id;
    return { kind: 'room', find: once(find) };
  }
  if (user) {
    const find = async (client: Client) =>
      (await client.createConversation({ kind: 'direct', userExternalId: user })).id;
    return { kind: 'direct', find: once(find) };
  }
  return id
    ? { kind: 'one', id, find: once(async ({ conversations }) => (await conversations.fetch(id)).id) }
    : { kind: 'support' };
}

/**
 * @param panels all there are: the first is the one behind the button
 * @param draw makes the panel in its element
 * @returns what ends it
 */
export function mount(
  { boot }: Ctx,
  host: HTMLElement,
  panels: Set<Panel>,
  draw: (target: Target, options: Omit<PanelOptions, 'target' | 'inline'>) => { own: Panel; wrapper: HTMLElement },
): () => void {
  host.dataset.inline = '';
  let isOff = true;
  // What lies below in the page is read by nobody: where one writes the newest is on the screen.
  const sight = new IntersectionObserver((all) => {
    isOff = !all.at(-1)?.isIntersecting;
    own.refresh();
  });
  const { own, wrapper } = draw(targetOf(host), {
    options: () => ({ ...boot.options(), ...(host.dataset as Options) }),
    label(name) {
      // Landmarks are told apart by their names: of several that would have the same, each after the first has its number.
      const [, ...inPage] = panels;
      const before = inPage.slice(0, inPage.indexOf(own)).filter((one) => one.name === name).length;
      return before ? `${name} (${before + 1})` : name;
    },
    close() {},
    seen() {},
    isOff: () => isOff,
  });
  sight.observe(own.parts.field);
  panels.add(own);
  own.show(true);
  return () => {
    panels.delete(own);
    sight.disconnect();
    own.destroy();
    wrapper.remove();
  };
}
