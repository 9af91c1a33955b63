/** Who answers: the person or bot whose conversation it is, else the team; and whether they are there. */
import type { Conversation } from '../../protocol/conversation.ts';
import { avatar } from './avatar.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import type { Options } from './options.ts';

/** When somebody will be there, in words. */
export function awayText({ boot, t, times }: Ctx): string {
  const { away, opensAt } = boot.config;
  if (away) return away;
  return opensAt ? t('backAt', { at: times.coming(new Date(opensAt), new Date()) }) : t('away');
}

export function teamFaces({ boot }: Ctx, people: Options['people'], size: number): HTMLElement | false {
  if (!people?.length) return false;
  return h('span', { class: 'faces' }, ...people.slice(0, 3).map((person) => avatar(boot.url, person, size)));
}

export function headerParts(
  ctx: Ctx,
  options: Options,
  conversation: Conversation | undefined,
  reconnecting: boolean,
): { name: string; parts: HTMLElement[] } {
  const { boot, t, client, present } = ctx;
  const team = options.name ?? t('team');
  const { kind, assignee, subject } = conversation ?? {};
  const other = conversation?.participants.find(({ user }) => user.id !== client?.user?.id)?.user;
  const person = kind === 'direct' ? other : kind === 'room' ? undefined : assignee;
  const name = kind === 'room' ? (subject ?? t('conversation')) : (person?.name ?? team);
  const bot = person?.role === 'bot';
  const open = boot.config.open && present;

  const face = person ? avatar(boot.url, person, 40) : kind !== 'room' && teamFaces(ctx, options.people, 34);
  if (face && person && !bot && kind === 'support' && open && client?.state.name === 'online')
    face.append(h('i', { class: 'dot' }));
  const second = reconnecting
    ? t('reconnecting')
    : kind === 'room'
      ? t('people', { count: conversation?.participantCount ?? 0 })
      : bot
        ? t('person')
        : !open && kind !== 'direct'
          ? awayText(ctx)
          : (person?.title ?? (person && options.name ? team : t('online')));
  const hollow = !reconnecting && !bot && !open && kind !== 'room' && kind !== 'direct';
  const heading = h(
    'h2',
    { tabindex: -1 },
    h('span', { dir: 'auto' }, name),
    bot && h('span', { class: 'tag' }, t('ai')),
  );
  const words = h('div', { class: 'names' }, heading, h('p', {}, hollow && h('i'), h('bdi', {}, second)));
  return { name, parts: face ? [face, words] : [words] };
}
