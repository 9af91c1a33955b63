/** What is said and asked around a conversation: the rating after its closing, an address while the team is away. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Me } from '../../../protocol/person.ts';
import { download, faces } from '../../ui/icon-paths.ts';
import type { Ctx } from '../context.ts';
import type { PanelParts } from '../parts.ts';
import { field, isEmail } from './shared/fields.ts';
import { saveTranscript } from './shared/transcript.ts';

const WORDS_AT_MOST = 1000;

/** What a conversation asks at its end: a rating when it is closed, an address while nobody is there. Once each. */
export function askAtEnd(parts: PanelParts, cards: Map<string, HTMLElement>, current: Conversation): void {
  if (current.status === 'closed') {
    if (!cards.has('rating')) ratingCard(parts, current);
    return;
  }
  cards.delete('rating');
  if (!parts.ctx.open && !parts.ctx.client?.user?.email && !cards.has('away')) awayCard(parts);
}

function ratingCard(parts: PanelParts, { id, rating }: Conversation): void {
  const { ctx, panel } = parts;
  const { t, client, kit } = ctx;
  const { h, icon } = kit;
  if (panel.conversation?.id !== id) return;
  const save = h(
    'button',
    { type: 'button', class: 'plain', onclick: () => void saveTranscript(parts, id) },
    icon(download),
    t('download'),
  );
  const thanks = () => h('div', { class: 'ending' }, h('p', { class: 'day event' }, t('thanks')), save);
  if (rating !== null && rating !== undefined) {
    parts.card('rating', thanks());
    return;
  }

  let score = 0;
  const send = h('button', { type: 'submit', class: 'main', disabled: true }, t('send'));
  const word = h('textarea', {
    rows: 2,
    maxlength: WORDS_AT_MOST,
    placeholder: t('word'),
    'aria-label': t('word'),
    dir: 'auto',
  });
  const options = faces.map((face, index) => {
    const input = h('input', {
      type: 'radio',
      name: 'score',
      value: index + 1,
      'aria-label': t('score', { count: index + 1 }),
      onchange: () => {
        score = index + 1;
        send.disabled = false;
        more.hidden = false;
      },
    });
    const edge = index === 0 ? t('bad') : index === 4 ? t('great') : '';
    return h('label', {}, input, h('span', {}, icon(face, 32)), h('small', {}, edge));
  });
  const skip = () => parts.card('rating', h('div', { class: 'ending' }, save));
  const more = h(
    'div',
    { hidden: true },
    word,
    h('div', { class: 'two' }, h('button', { type: 'button', class: 'other', onclick: skip }, t('skip')), send),
  );
  const submit = async (event: Event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await client?.rate(id, score, word.value.trim() || undefined);
      parts.card('rating', thanks());
      parts.announce(t('thanks'));
      panel.focus();
    } catch {
      send.disabled = false;
      parts.announce(t('wrong'));
    }
  };
  const card = h(
    'form',
    { class: 'card', onsubmit: (event: Event) => void submit(event) },
    h('h3', {}, t('rate')),
    h('div', { class: 'faces5', role: 'radiogroup', 'aria-label': t('rate') }, ...options),
    more,
  );
  parts.card('rating', h('div', { class: 'ending' }, card, save));
}

function awayCard(parts: PanelParts): void {
  const { ctx } = parts;
  const { t, client, kit } = ctx;
  const { h, awayText } = kit;
  const { element, input, problem } = field(kit, t('email'), t('optional'), { type: 'email', autocomplete: 'email' });
  const submit = async (event: Event) => {
    event.preventDefault();
    const email = input.value.trim();
    problem(isEmail(email) ? undefined : t('badEmail'));
    if (!isEmail(email)) return input.focus();
    try {
      await client?.http.json<Me>('PATCH', '/v1/me', { email });
      parts.card('away', h('p', { class: 'day event', role: 'status' }, t('mailed', { email })));
    } catch {
      problem(t('wrong'));
    }
  };
  const card = h(
    'form',
    { class: 'card', novalidate: true, onsubmit: (event: Event) => void submit(event) },
    h('h3', {}, t('gotIt')),
    h('p', { dir: 'auto' }, awayText(ctx), h('br'), t('awayCard')),
    element,
    h('button', { type: 'submit', class: 'main' }, t('mailMe')),
  );
  parts.card('away', card);
}

/** Below what is written: the team reads it before it is sent. */
export function seenNote({ t, kit: { h } }: Ctx, composer: HTMLElement): void {
  if (!composer.querySelector('.asked')) composer.append(h('p', { class: 'asked' }, h('small', {}, t('seen'))));
}
