/** The views of the inbox: what each asks the server for, and what of the held conversations belongs to it. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { HttpOptions } from '../../sdk/http.ts';
import { t } from '../words.ts';
import { me } from './desk.ts';
import { nameOfId } from './people.ts';
import { partsOf } from './view-parts.ts';

export type View = {
  /** As the address has it. */
  id: string;
  title: string;
  query: HttpOptions['query'];
  has(conversation: Conversation): boolean;
};

export const isSnoozed = ({ team }: Conversation) => Boolean(team?.snoozedUntil);
const isOpen = ({ kind, status }: Conversation) => kind === 'support' && status === 'open';
const isAwake = (one: Conversation) => isOpen(one) && !isSnoozed(one);

/** The views that everybody has, in the order of the side bar. */
export const FIXED = ['mine', 'queue', 'open', 'snoozed', 'closed'] as const;

const made = new Map<string, View>();

/** The view of that id; `open` for one that is not known. */
export function viewOf(id: string): View {
  const view = made.get(id) ?? make(id);
  made.set(id, view);
  return view;
}

function make(id: string): View {
  const [first, name = ''] = partsOf(id);
  const support = { kind: 'support' };
  switch (first) {
    case 'mine':
      return {
        id,
        title: t('mine'),
        query: { ...support, assignee: 'me', status: 'open,snoozed' },
        has: (one) => isOpen(one) && one.assignee?.id === me.value.id,
      };
    case 'queue':
      return {
        id,
        title: t('queue'),
        query: { ...support, assignee: 'none', status: 'open' },
        has: (one) => isAwake(one) && !one.assignee,
      };
    case 'snoozed':
      return {
        id,
        title: t('snoozed'),
        query: { ...support, status: 'snoozed' },
        has: (one) => isOpen(one) && isSnoozed(one),
      };
    case 'closed':
      return {
        id,
        title: t('isClosed'),
        query: { ...support, status: 'closed' },
        has: (one) => one.kind === 'support' && one.status === 'closed',
      };
    case 'tag':
      return {
        id,
        title: name,
        query: { ...support, status: 'open,snoozed', tag: name },
        has: (one) => isOpen(one) && Boolean(one.team?.tags.includes(name)),
      };
    case 'by':
      return {
        id,
        title: nameOfId(name) ?? '',
        query: { ...support, status: 'open', assignee: name },
        has: (one) => isAwake(one) && one.assignee?.id === name,
      };
    case 'among':
      return { id, title: t('amongUs'), query: {}, has: (one) => one.kind !== 'support' };
    default:
      return { id: 'open', title: t('allOpen'), query: { ...support, status: 'open' }, has: isAwake };
  }
}
