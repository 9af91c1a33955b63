/** Whom a customer may choose to talk to, where the team offers somebody. */
import type { Person } from '../../../protocol/person.ts';
import type { Ctx } from '../context.ts';

/** @param choose told of the choice; undefined: whoever is free */
export function offeredNode(
  { t, boot, kit: { h, avatar } }: Ctx,
  offered: readonly Person[],
  choose: (userId: string | undefined) => void,
): HTMLElement {
  const row = (face: Node | false, name: string, title: string | undefined, id?: string) =>
    h(
      'label',
      {},
      h('input', { type: 'radio', name: 'whom', checked: id === undefined, onchange: () => choose(id) }),
      h('span', { class: 'names' }, h('b', { dir: 'auto' }, name), title && h('small', { dir: 'auto' }, title)),
      face,
    );
  return h(
    'fieldset',
    { class: 'offered' },
    h('legend', {}, t('whom')),
    row(false, t('anybody'), undefined),
    ...offered.map((one) =>
      row(avatar(boot.url, one, 36), one.name ?? '', one.role === 'bot' ? t('ai') : one.title, one.id),
    ),
  );
}
