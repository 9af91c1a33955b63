/** What else can be done with a conversation: seldom, so behind the three dots. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { MenuItem } from '../parts/menu.tsx';
import { assign, block, snooze } from '../state/actions.ts';
import { transcript } from '../state/customer.ts';
import { me } from '../state/desk.ts';
import { openers } from '../state/openers.ts';
import { overlay } from '../state/overlay.ts';
import { customerOf } from '../state/people.ts';
import { goToView } from '../state/route.ts';
import { searchView } from '../state/search.ts';
import { snoozeTimes } from '../state/snooze-times.ts';
import { t } from '../words.ts';

/** Where there is no room for the details beside the conversation they are opened first. */
function addTag(): void {
  showDetails();
  requestAnimationFrame(() => openers.tags.open?.());
}

function showDetails(): void {
  overlay.value = { name: 'details' };
}

export function moreOf(conversation: Conversation): MenuItem[] {
  const { id, kind, status, assignee } = conversation;
  const further: MenuItem[] = [
    { label: t('searchHere'), icon: 'search', run: () => goToView(searchView({ q: '', conversation: id })) },
    { label: t('transcript'), icon: 'download', run: () => transcript(conversation) },
  ];
  if (kind !== 'support') return further;
  const customer = customerOf(conversation);
  const tomorrow = snoozeTimes(Date.now())[2];
  const items: MenuItem[] = [];
  if (status === 'open' && assignee?.id !== me.value.id) {
    items.push({ label: t('assignToMe'), icon: 'user', run: () => assign(conversation, me.value.id) });
  }
  if (status === 'open' && assignee) {
    items.push({ label: t('backToQueue'), icon: 'queue', run: () => assign(conversation, null) });
  }
  if (matchMedia('(max-width: 1279px)').matches)
    items.push({ label: t('details'), icon: 'user', run: () => showDetails() });
  items.push({ label: t('addTag'), icon: 'tag', keys: 'T', run: addTag });
  if (status === 'open' && tomorrow) {
    items.push({
      label: t('snoozeTomorrow'),
      icon: 'snooze',
      run: () => snooze(conversation, tomorrow.at),
    });
  }
  items.push('line', ...further);
  if (customer && me.value.role !== 'peer') {
    items.push({
      label: t('blockVisitor'),
      icon: 'shield',
      danger: true,
      run: () => block(conversation, customer.id, true),
    });
  }
  return items;
}
