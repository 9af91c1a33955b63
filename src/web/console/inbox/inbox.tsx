/** The three panes: the list, the conversation, what is known of the customer. */

import { useComputed } from '@preact/signals';
import { route } from '../state/route.ts';
import { Conversation } from './conversation.tsx';
import { Empty } from './empty.tsx';
import { ListPane } from './list-pane.tsx';

export function Inbox() {
  const view = useComputed(() => (route.value.name === 'inbox' ? route.value.view : 'open'));
  const conversation = useComputed(() => (route.value.name === 'inbox' ? route.value.conversation : undefined));
  return (
    <>
      <ListPane key={view.value} viewId={view.value} selected={conversation.value} />
      {conversation.value ? (
        <Conversation key={conversation.value} id={conversation.value} />
      ) : (
        <section class="pane conversation-pane">
          <Empty viewId={view.value} />
        </section>
      )}
    </>
  );
}
