/** The three panes: the list, the conversation, what is known of the customer. */
import { useComputed } from '@preact/signals';
import { lazy } from '../parts/lazy.tsx';
import { isSearch, route } from '../state/route.ts';
import { Conversation } from './conversation.tsx';
import { Empty, NothingChosen } from './empty.tsx';
import { ListPane } from './list-pane.tsx';

const SearchPane = lazy(() => import('../search/search-pane.tsx').then((file) => file.SearchPane));

export function Inbox() {
  const view = useComputed(() => (route.value.name === 'inbox' ? route.value.view : 'open'));
  const conversation = useComputed(() => (route.value.name === 'inbox' ? route.value.conversation : undefined));
  const message = useComputed(() => (route.value.name === 'inbox' ? route.value.message : undefined));
  const searches = isSearch(view.value);
  return (
    <>
      {searches ? (
        <SearchPane viewId={view.value} conversation={conversation.value} message={message.value} />
      ) : (
        <ListPane key={view.value} viewId={view.value} selected={conversation.value} />
      )}
      {conversation.value ? (
        <Conversation key={conversation.value} id={conversation.value} message={message.value} />
      ) : (
        <section class="pane conversation-pane">{searches ? <NothingChosen /> : <Empty viewId={view.value} />}</section>
      )}
    </>
  );
}
