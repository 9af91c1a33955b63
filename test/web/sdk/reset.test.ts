import t from 'tap';
import type { Changes } from '../../../src/protocol/catching-up.ts';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import { takeChanges } from '../../../src/web/sdk/catch-up.ts';
import { newStore, takeConversation } from '../../../src/web/sdk/store.ts';

const conversation = (id: string) => ({ id, kind: 'support', seq: 1, rev: 2, activity: 1 }) as unknown as Conversation;
const changes = (more: Partial<Changes>): Changes => ({
  epoch: 'e',
  reset: false,
  more: false,
  cursor: 'c',
  conversations: [],
  removed: [],
  ...more,
});

t.test('what a reset does not name is forgotten, and there again for who loads it', async (t) => {
  const store = newStore();
  takeConversation(store, conversation('old'));
  takeChanges(store, changes({ reset: true, conversations: [conversation('new')] }));
  t.same([...store.conversations.keys()], ['new']);
  takeConversation(store, conversation('old'));
  t.same([...store.conversations.keys()], ['new', 'old']);
});

t.test('what was removed does not come back with a late answer', async (t) => {
  const store = newStore();
  takeConversation(store, conversation('a'));
  takeChanges(store, changes({ removed: ['a'] }));
  takeConversation(store, conversation('a'));
  t.same([...store.conversations.keys()], []);
});
