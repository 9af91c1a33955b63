/** What a team asks before the first message. Nothing is sent until there is one. */
import { alert } from '../../ui/icon-paths.ts';
import type { FormOptions } from '../options.ts';
import type { PanelParts } from '../parts.ts';
import { field, isEmail } from './shared/fields.ts';

export function showForm(parts: PanelParts, { title, text, fields, consent, privacyUrl }: FormOptions): void {
  const { ctx, panel } = parts;
  const { t, boot, kit } = ctx;
  const { h, icon, teamFaces } = kit;
  const asked = fields.slice(0, 8).map((one) => {
    const type = one.type ?? (one.name === 'email' ? 'email' : 'text');
    const label = one.label ?? (one.name === 'email' || one.name === 'name' ? t(one.name) : one.name);
    const complete = one.name === 'email' ? 'email' : one.name === 'name' ? 'name' : 'off';
    const made = field(kit, label, one.required ? undefined : t('optional'), {
      type,
      autocomplete: complete,
      placeholder: one.placeholder,
      required: one.required,
      maxlength: 200,
    });
    return { ...one, ...made, type };
  });
  const agreed = h('input', { type: 'checkbox', id: 'agreed' });
  const agreedNeeded = h('p', { class: 'problem', role: 'alert', hidden: true }, icon(alert, 16), t('needed'));

  function submit(event: Event): void {
    event.preventDefault();
    let first: HTMLElement | undefined;
    for (const { input, problem, required, type } of asked) {
      const value = input.value.trim();
      const wrong = !value
        ? required
          ? t('needed')
          : undefined
        : type === 'email' && !isEmail(value)
          ? t('badEmail')
          : undefined;
      problem(wrong);
      if (wrong) first ??= input;
    }
    agreedNeeded.hidden = !consent || agreed.checked;
    if (!agreedNeeded.hidden) first ??= agreed;
    if (first) {
      first.focus();
      return;
    }
    const given = new Map(asked.map(({ name, input }) => [name, input.value.trim()]));
    const [name, email] = [given.get('name'), given.get('email')];
    given.delete('name');
    given.delete('email');
    const own = Object.fromEntries([...given].filter(([, value]) => value));
    ctx.traits = {
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      ...(Object.keys(own).length ? { fields: own } : {}),
    };
    parts.cover(undefined);
    panel.focus();
  }

  const node = h(
    'form',
    { class: 'welcome form', novalidate: true, onsubmit: submit },
    teamFaces(ctx, boot.options().people, 44),
    h('h1', { tabindex: -1, dir: 'auto' }, title ?? t('beforeStart')),
    text && h('p', { dir: 'auto' }, text),
    ...asked.map(({ element }) => element),
    consent &&
      h(
        'div',
        { class: 'consent' },
        agreed,
        h(
          'label',
          { for: 'agreed', dir: 'auto' },
          consent,
          privacyUrl &&
            /^https?:/.test(privacyUrl) &&
            h('a', { href: privacyUrl, target: '_blank', rel: 'noopener noreferrer' }, ` ${t('privacy')}`),
        ),
      ),
    agreedNeeded,
    h('button', { type: 'submit', class: 'main' }, t('start')),
  );
  parts.cover(node);
  panel.focus();
}
