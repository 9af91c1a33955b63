/** What somebody writes in a panel: its draft, where it goes, and what is on its way. */
import type { OutboxItem } from '../sdk/outbox-item.ts';
import type { Ctx } from './context.ts';
import { load } from './load.ts';
import type { Options } from './options.ts';
import { pause } from './pause.ts';
import type { Place, Target } from './place.ts';

export type Writing = {
  /** The files of a message of this page that is on its way. */
  readonly files: Map<string, readonly File[]>;
  /** What is on its way here, in the order of writing. */
  items(): OutboxItem[];
  /** Hands it to the outbox: text and each file are messages of their own. Rejects where it found no place. */
  send(text: string, files: readonly File[]): Promise<void>;
  /** The text in the composer has changed. `keep`: it is the draft, and not something else that is written there. */
  drafted(text: string, keep: boolean): void;
  /** The draft that was left here. */
  readonly draft: string;
};

/** @param changed told when a file has arrived, or has not */
export function createWriting(
  ctx: Ctx,
  place: Place,
  target: Target,
  options: () => Options,
  changed: () => void,
): Writing {
  const { storage } = ctx;
  const files = new Map<string, readonly File[]>();
  const draftKey = () => `parley.widget.draft.${place.current?.id ?? 'new'}`;

  /** A message begins a conversation that is wanted beside the former; else it goes on with the one there is. */
  async function where() {
    const { queue } = options();
    const { fresh, wanted, target: known } = place;
    if (!fresh && (known || !wanted)) {
      if (target.kind !== 'support' && !known) throw new Error('it is not known where this goes');
      return known ?? { to: queue ? { queue } : ('support' as const) };
    }
    const { begin } = await load('begin');
    return { conversationId: await begin(ctx, place, queue) };
  }

  return {
    files,
    items() {
      const { current, fresh, target: known } = place;
      const id = current?.id ?? known?.conversationId;
      return (ctx.client?.outbox.list() ?? []).filter(({ target: to }) =>
        'conversationId' in to ? to.conversationId === id : target.kind === 'support' && !fresh,
      );
    },
    async send(text, given) {
      // Making the client is a task of its own.
      if (!ctx.client) await pause();
      const client = ctx.ensureClient();
      place.unreadFrom = undefined;
      const to = await where();
      for (const file of given) {
        const { id, done } = client.send(to, { files: [file] });
        files.set(id, [file]);
        void done.catch(() => {}).then(changed);
      }
      if (text) client.send(to, { content: text });
    },
    drafted(text, keep) {
      const { client } = ctx;
      // Before somebody has written nothing is kept.
      if (!client) return;
      try {
        if (keep && text) storage.set(draftKey(), text);
        else if (keep) storage.remove(draftKey());
      } catch {
        // Full: the draft lives as long as the page.
      }
      if (place.openId) client.typing(place.openId, text !== '', ctx.boot.config.typingText ? text : undefined);
    },
    get draft() {
      return storage.get(draftKey()) ?? '';
    },
  };
}
