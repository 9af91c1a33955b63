/** Who answers: the person or bot whose conversation it is, else the team; and whether they are there. */
import type { Conversation } from '../../protocol/conversation.ts';
import { avatar } from './avatar.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import type { Late } from './late.ts';
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

export type Header = {
  readonly element: HTMLElement;
  /** Whose name it shows. */
  readonly name: string;
  /** Gives whether it has to be looked at again in a moment. */
  update(options: Options, conversation: Conversation | undefined): boolean;
};

/** A line that is lost for so long is told. */
const RECONNECTING_MS = 2000;

export function createHeader(ctx: Ctx, late: Late): Header {
  const { t, boot } = ctx;
  const element = h('span', { class: 'head' });
  let name = t('team');
  let lostAt: number | undefined;
  let drawn = '';

  return {
    element,
    get name() {
      return name;
    },
    update(options, conversation) {
      const { client, open } = ctx;
      const isOurs = (conversation?.kind ?? 'support') === 'support';
      // Of those that are not with the team.
      const whose = conversation && !isOurs ? late.get('people')?.whoseOf(ctx, conversation) : undefined;
      const lost = client?.state.name === 'reconnecting';
      lostAt = lost ? (lostAt ?? Date.now()) : undefined;
      const told = lostAt !== undefined && Date.now() - lostAt >= RECONNECTING_MS;

      const team = options.name ?? t('team');
      const person = whose ? whose.person : conversation?.assignee;
      const bot = person?.role === 'bot';
      const here = isOurs && open && client?.state.name === 'online' && navigator.onLine;
      const away = !told && !bot && !open && isOurs;
      name = whose?.name ?? person?.name ?? team;
      const second = told
        ? t('reconnecting')
        : bot
          ? t('person')
          : away
            ? awayText(ctx)
            : isOurs
              ? (person?.title ?? (person && options.name ? team : navigator.onLine && t('online')))
              : whose?.second;

      const now = JSON.stringify([name, person, options.people, second, bot && !!late.get('bot'), here, away]);
      if (drawn !== now) {
        drawn = now;
        const face = person ? avatar(boot.url, person, 40) : isOurs && teamFaces(ctx, options.people, 34);
        if (face && person && !bot && here) face.append(h('i', { class: 'dot' }));
        const heading = h(
          'h2',
          { tabindex: -1 },
          h('span', { dir: 'auto' }, name),
          bot && h('span', { class: 'tag' }, t('ai')),
        );
        const words = h(
          'div',
          { class: 'names' },
          heading,
          h('p', {}, away && h('i', { class: 'presence away' }), h('bdi', {}, second)),
        );
        element.replaceChildren(...(face ? [face] : []), words);
      }
      return lost && !told;
    },
  };
}
