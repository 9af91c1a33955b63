/** Conversations that are not with the team: who is in a room, and how far a direct conversation's messages have come. */

import type { Page } from '../../../protocol/catching-up.ts';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Participant } from '../../../protocol/participant.ts';
import type { Person } from '../../../protocol/person.ts';
import { back, checks, users } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';
import type { PanelParts } from '../parts.ts';
import { type Status, statusOfSeen } from '../status.ts';

/** The button that shows them, before that of the menu. */
export function dressButton(parts: PanelParts, menu: HTMLElement, count: number): void {
  const { t, kit } = parts.ctx;
  const onclick = () => void showPeople(parts);
  const former = menu.previousElementSibling;
  const button = former ?? kit.h('button', { type: 'button', class: 'tool', onclick }, kit.icon(users));
  button.ariaLabel = t('people', { count });
  if (!former) menu.before(button);
}

/** What the header says of it: the room's name, or the other person. */
export function whoseOf(
  { t, client }: Ctx,
  { kind, subject, participants, participantCount = 0, assignee }: Conversation,
): { person?: Person | null | undefined; name?: string; second: string } {
  if (kind === 'room') return { name: subject ?? t('conversation'), second: t('people', { count: participantCount }) };
  if (kind !== 'direct') return { person: assignee, second: assignee?.title ?? '' };
  const person = participants.find(({ user }) => user.id !== client?.user?.id)?.user;
  return { person, second: person?.title ?? '' };
}

/** Who came or went, in the reader's language; undefined: the message says something else. */
export function cameOrWent({ t }: Ctx, { system }: Message): string | undefined {
  const isOfPeople = system?.code === 'joined' || system?.code === 'left';
  return isOfPeople ? t(system.code, { name: system.user.name ?? '' }) : undefined;
}

/** How far one's own message has come with the other; undefined: no further than the server. */
export function statusOfDirect(ctx: Ctx, { participants }: Conversation, message: Message): Status | undefined {
  const { t, client } = ctx;
  const other = participants.find(({ user }) => user.id !== message.author?.id);
  if (!other) return undefined;
  if (other.readSeq >= message.seq) {
    return statusOfSeen(ctx, message, client?.conversations.readAt(message) ?? other.readAt);
  }
  const edited = message.editedAt ? `${t('edited')}, ` : '';
  return other.deliveredSeq >= message.seq ? { icon: checks, text: edited + t('delivered') } : undefined;
}

export async function showPeople(parts: PanelParts): Promise<void> {
  const { ctx, panel } = parts;
  const { t, client, boot, kit } = ctx;
  const { h, icon, avatar } = kit;
  const id = panel.conversation?.id;
  if (!client || !id) return;
  let people: readonly Participant[] = client.conversations.participants(id);
  try {
    const path = `/v1/conversations/${encodeURIComponent(id)}/participants`;
    people = (await client.http.json<Page<Participant>>('GET', path)).items;
  } catch {
    // Those that are known.
  }
  const leave = () => {
    parts.cover(undefined);
    panel.focus();
  };
  const rows = people.map(({ user }) =>
    h(
      'li',
      { class: 'someone' },
      avatar(boot.url, user, 36),
      h(
        'span',
        { class: 'names' },
        h('b', { dir: 'auto' }, user.name ?? ''),
        user.title && h('p', { dir: 'auto' }, user.title),
      ),
    ),
  );
  const node = h(
    'div',
    { class: 'cover' },
    h(
      'div',
      { class: 'top' },
      h('button', { type: 'button', class: 'tool flip', 'aria-label': t('back'), onclick: leave }, icon(back)),
      h('h2', { tabindex: -1 }, t('people', { count: people.length })),
    ),
    h('ul', { class: 'earlier' }, ...rows),
  );
  parts.cover(node);
  node.querySelector('h2')?.focus();
}
