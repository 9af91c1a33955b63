/** Which conversation a panel is about, and what was unread when it was opened. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Ctx } from './context.ts';
import type { Talk } from './light/talk.ts';

/** What a panel is told to be about: support, or what `<parley-chat>` names (extras/inline.ts). */
export type Target = {
  kind: 'support' | 'room' | 'direct' | 'one';
  /** Its id, where the element says it. */
  id?: string;
  /** Finds what is named, and tells what it is; asked again while that is not known. Absent: the newest of that kind. */
  find?(client: Talk, found: (id: string | undefined) => void): void;
};

/** The conversation that somebody had here last: what they write before there is a line goes on with it. */
const LAST = 'parley.widget.conversation';

export type Place = {
  readonly current: Conversation | undefined;
  /** The one whose messages are followed: the panel is shown. */
  readonly openId: string | undefined;
  /** The first seq that had not been read when it was opened. */
  unreadFrom: number | undefined;
  /** Whether the next message begins a conversation. */
  readonly fresh: boolean;
  /** Where a message goes, as far as that is known. */
  readonly target: { conversationId: string } | undefined;
  /** Begins to follow what is current, or lets go. Gives whether it is another one from here on. */
  follow(shown: boolean): boolean;
  /** Whom the next conversation is to be with; undefined: whoever is free. */
  readonly wanted: string | undefined;
  want(userId: string | undefined): void;
  /** Another one; undefined: a new one. */
  choose(id: string | undefined): void;
  reset(): void;
};

export function createPlace(ctx: Ctx, target: Target, refresh: () => void): Place {
  const { storage } = ctx;
  let chosen: string | undefined;
  let fresh = false;
  let openId: string | undefined;
  let wanted: string | undefined;

  const current = (): Conversation | undefined => {
    const { client } = ctx;
    if (!client || fresh) return undefined;
    if (chosen) return client.conversations.get(chosen);
    return target.find ? undefined : client.conversations.list().find(({ kind }) => kind === target.kind);
  };

  return {
    get current() {
      return current();
    },
    get openId() {
      return openId;
    },
    unreadFrom: undefined,
    get fresh() {
      return fresh;
    },
    get target() {
      const known = target.id ?? (target.kind === 'support' && !ctx.client?.user && storage.get(LAST));
      const id = current()?.id ?? (fresh ? undefined : chosen || known);
      return id ? { conversationId: id } : undefined;
    },
    follow(shown) {
      const { client } = ctx;
      if (client?.user && !current()) {
        target.find?.(client, (id) => {
          // Whoever has left since is not shown it.
          if (ctx.client !== client) return;
          chosen = id;
          refresh();
        });
      }
      const now = current();
      const id = shown ? now?.id : undefined;
      if (!client || id === openId) return false;
      if (openId) client.view(openId, false);
      openId = id;
      this.unreadFrom = now?.my?.unread ? now.my.readSeq + 1 : undefined;
      if (!id) return true;
      try {
        if (target.kind === 'support') storage.set(LAST, id);
      } catch {
        // Full: it is known again with the next line.
      }
      client.view(id, true);
      client.conversations.open(id).then(refresh, () => {});
      return true;
    },
    get wanted() {
      return wanted;
    },
    want(userId) {
      wanted = userId;
    },
    choose(id) {
      wanted = undefined;
      fresh = id === undefined;
      chosen = id;
    },
    reset() {
      chosen = openId = wanted = this.unreadFrom = undefined;
      fresh = false;
    },
  };
}
