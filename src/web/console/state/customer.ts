/** What is known of a customer beyond their conversation; asked for once, kept for a while. */
import { type Signal, signal } from '@preact/signals';
import type { Page } from '../../../protocol/catching-up.ts';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { User } from '../../../protocol/person.ts';
import { client, me } from './desk.ts';

export type Customer = { user: User | undefined; before: readonly Conversation[]; failed?: true };

const customers = new Map<string, Signal<Customer | null>>();
const BEFORE = 20;

export function customer(id: string): Signal<Customer | null> {
  const one = customers.get(id) ?? signal<Customer | null>(null);
  if (!customers.has(id)) {
    customers.set(id, one);
    void load(id);
  }
  return one;
}

async function load(id: string): Promise<void> {
  const one = customers.get(id) as Signal<Customer | null>;
  const { http, conversations } = client();
  const query = { customer: id, limit: BEFORE };
  const [user, before] = await Promise.all([
    me.value.role === 'peer' ? undefined : http.json<User>('GET', `/v1/users/${id}`).catch(() => undefined),
    conversations.load(query).catch((): Page<Conversation> => ({ items: [], next: null })),
  ]);
  one.value = { user, before: before.items };
}

/** Blocks or unblocks: who is blocked may read, and write nothing. */
export async function setBlocked(id: string, blocked: boolean): Promise<User> {
  const user = await client().http.json<User>('POST', `/v1/users/${id}/${blocked ? 'block' : 'unblock'}`);
  await load(id);
  return user;
}

/** Downloads what was said, as a page that can be kept. */
export async function transcript({ id }: Conversation): Promise<void> {
  const answer = await client().http.open(`/v1/conversations/${id}/transcript`, { query: { format: 'html' } });
  save(await answer.blob(), `conversation-${id.slice(-8)}.html`);
}

/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
