/** What the palette offers for some words: things to do here, people, messages, places to go. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Person } from '../../../protocol/person.ts';
import type { IconName } from '../../ui/icons.ts';
import type { Mark } from '../parts/marked.tsx';
import { shortDay } from '../times.ts';
import { t } from '../words.ts';
import { assign, claim, close, reopen, snooze } from './actions.ts';
import { transcript } from './customer.ts';
import { client, me } from './desk.ts';
import { answeredBy, knownTags } from './numbers.ts';
import { openers } from './openers.ts';
import { overlay } from './overlay.ts';
import { assignable, customerOf, personName, team, titleOf } from './people.ts';
import { go, goToView, route } from './route.ts';
import { excerptOf, find, searchView, termsOf } from './search.ts';
import { snoozeTimes } from './snooze-times.ts';
import { talkTo } from './talk.ts';
import { FIXED, viewOf } from './views.ts';

export type Choice = {
  key: string;
  group: 'thisConversation' | 'peopleWord' | 'messages' | 'goTo';
  label: string;
  run(): unknown;
  hint?: string | undefined;
  icon?: IconName;
  person?: Person;
  keys?: string;
  marks?: readonly Mark[];
};

const MOST_A_GROUP = 6;
/** Characters of a message that are shown. */
const EXCERPT = 90;

/** Where the words stand at the beginning of a word of the label; undefined: not at all. */
function marksOf(label: string, words: string): Mark[] | undefined {
  const lower = label.toLocaleLowerCase();
  const marks: Mark[] = [];
  for (const word of words.toLocaleLowerCase().split(/\s+/).filter(Boolean)) {
    let at = lower.indexOf(word);
    while (at > 0 && /[\p{L}\p{N}]/u.test(lower[at - 1] as string)) at = lower.indexOf(word, at + 1);
    if (at < 0) return undefined;
    marks.push([at, word.length]);
  }
  return marks.sort(([a], [b]) => a - b);
}

export function choicesFor(text: string): Choice[] {
  const groups = [here(), people(text), places()];
  return groups.flatMap((choices) => {
    const found: Choice[] = [];
    for (const choice of choices) {
      const marks = marksOf(choice.label, text);
      if (marks) found.push({ ...choice, marks });
    }
    return found.slice(0, MOST_A_GROUP);
  });
}

function here(): Choice[] {
  const { value } = route;
  const id = value.name === 'inbox' ? value.conversation : undefined;
  const conversation = id === undefined ? undefined : client().conversations.get(id);
  if (conversation?.kind !== 'support') return [];
  const open = conversation.status === 'open';
  const group = 'thisConversation';
  const choices: Choice[] = [];
  const add = (key: string, label: string, icon: IconName, run: () => unknown, more: Partial<Choice> = {}) =>
    choices.push({ key, group, label, icon, run, ...more });
  add('reply', t('reply'), 'chat', () => openers.editor.open?.('reply'), { keys: 'R' });
  add('note', t('writeANote'), 'lock', () => openers.editor.open?.('note'), { keys: 'N' });
  if (open) add('close', t('toClose'), 'done', () => close(conversation), { keys: 'E' });
  else add('reopen', t('reopen'), 'retry', () => reopen(conversation));
  if (open && !conversation.assignee) add('claim', t('claim'), 'user', () => claim(conversation.id), { keys: 'C' });
  for (const one of open ? assignable.value : []) {
    const n = answeredBy.value?.get(one.id);
    const label = one.id === me.value.id ? t('assignToMe') : t('assignTo', { name: personName(one) });
    add(
      `to-${one.id}`,
      label,
      'users',
      () => assign(conversation, one.id),
      n ? { hint: t('nOpen', { count: n }) } : {},
    );
  }
  if (open && conversation.assignee) add('queue', t('backToQueue'), 'queue', () => assign(conversation, null));
  for (const { label, hint, at } of open ? snoozeTimes(Date.now()) : []) {
    add(`snooze-${at}`, t('snoozeFor', { time: label }), 'snooze', () => snooze(conversation, at), { hint });
  }
  add('tag', t('addTag'), 'tag', () => openers.tags.open?.(), { keys: 'T' });
  add('transcript', t('transcript'), 'download', () => transcript(conversation));
  return choices;
}

function people(text: string): Choice[] {
  if (!text.trim()) return [];
  const group = 'peopleWord';
  const colleagues = team.value
    .filter(({ id, role }) => id !== me.value.id && role !== 'bot')
    .map(
      (one): Choice => ({
        key: `u-${one.id}`,
        group,
        label: personName(one),
        hint: one.email,
        person: one,
        run: () => talkTo(one.id),
      }),
    );
  const customers = new Map<string, Choice>();
  for (const conversation of client().conversations.list()) {
    const customer = customerOf(conversation);
    if (!customer || customers.has(customer.id)) continue;
    customers.set(customer.id, {
      key: `c-${customer.id}`,
      group,
      label: titleOf(conversation),
      hint: conversation.last?.text.slice(0, 60),
      person: customer,
      run: () => openIt(conversation),
    });
  }
  return [...colleagues, ...customers.values()];
}

function openIt({ id, kind, status }: Pick<Conversation, 'id' | 'kind' | 'status'>, message?: string): void {
  const view = kind !== 'support' ? 'among' : status === 'closed' ? 'closed' : 'open';
  go({ name: 'inbox', view, conversation: id, message });
}

function places(): Choice[] {
  const group = 'goTo';
  const choices: Choice[] = FIXED.map((id) => ({
    key: id,
    group,
    label: viewOf(id).title,
    icon: 'inbox',
    run: () => goToView(id),
  }));
  for (const one of team.value) {
    const n = answeredBy.value?.get(one.id);
    if (n)
      choices.push({
        key: `by-${one.id}`,
        group,
        label: personName(one),
        person: one,
        hint: t('nConversations', { count: n }),
        run: () => goToView(`by/${one.id}`),
      });
  }
  for (const { tag, n } of knownTags.value) {
    choices.push({
      key: `tag-${tag}`,
      group,
      label: tag,
      icon: 'tag',
      hint: t('nConversations', { count: n }),
      run: () => goToView(`tag/${tag}`),
    });
  }
  choices.push({
    key: 'search',
    group,
    label: t('search'),
    icon: 'search',
    keys: 'G F',
    run: () => goToView('search'),
  });
  choices.push({ key: 'reports', group, label: t('reports'), icon: 'chart', run: () => go({ name: 'reports' }) });
  choices.push({
    key: 'settings',
    group,
    label: t('settings'),
    icon: 'settings',
    run: () => go({ name: 'settings', page: undefined }),
  });
  choices.push({
    key: 'keys',
    group,
    label: t('keyboard'),
    icon: 'bolt',
    keys: '?',
    run: () => {
      overlay.value = { name: 'keys' };
    },
  });
  return choices;
}

/** Messages with these words, as the server finds them, and the way to all of them. */
export async function searchMessages(words: string): Promise<Choice[]> {
  const page = await find({ q: termsOf(words), limit: MOST_A_GROUP });
  const found = page.items.map(({ message, conversation, marks }): Choice => {
    const held = client().conversations.get(conversation.id);
    const name = held ? titleOf(held) : personName(message.author);
    return {
      key: `m-${message.id}`,
      group: 'messages',
      icon: 'chat',
      hint: `${name}, ${shortDay(message.createdAt)}`,
      run: () => openIt({ status: 'open', ...conversation, ...held }, message.id),
      ...excerptOf(message.content ?? '', marks, EXCERPT),
    };
  });
  return [...found, allMessages(words)];
}

/** What is there before the server has answered, too. */
export function allMessages(words: string): Choice {
  return {
    key: 'all-messages',
    group: 'messages',
    icon: 'search',
    label: t('searchFor', { words }),
    run: () => goToView(searchView({ q: words })),
  };
}
