/** The conversation that is open: its bar, its thread, the editor; beside it what is known of the customer. */
import { useEffect } from 'preact/hooks';
import { client, inboxChange } from '../state/desk.ts';
import { overlay } from '../state/overlay.ts';
import { seekMessage } from '../state/piece.ts';
import { openConversation, opening } from '../state/thread.ts';
import { t } from '../words.ts';
import { ConversationBar } from './conversation-bar.tsx';
import { Details } from './details.tsx';
import { Editor } from './editor.tsx';
import { Thread } from './thread.tsx';

/** @param message the one that somebody came for */
export function Conversation({ id, message }: { id: string; message: string | undefined }) {
  useEffect(() => openConversation(id, message), [id]);
  useEffect(() => {
    if (opening.peek()?.id === id && opening.peek()?.state === 'ready') void seekMessage(id, message);
  }, [message]);
  void inboxChange.value;
  const conversation = client().conversations.get(id);
  const state = opening.value?.id === id ? opening.value.state : 'loading';
  if (!conversation) {
    return (
      <section class="pane conversation-pane" aria-busy={state === 'loading'}>
        {state === 'loading' ? null : <p class="list-note">{t('conversationGone')}</p>}
      </section>
    );
  }
  const unreadAfter = opening.value?.id === id ? opening.value.unreadAfter : undefined;
  const asOverlay = overlay.value?.name === 'details';
  return (
    <>
      <section class="pane conversation-pane" aria-labelledby="conversation-title">
        <ConversationBar conversation={conversation} />
        <Thread conversation={conversation} ready={state === 'ready'} unreadAfter={unreadAfter} />
        <Editor conversation={conversation} />
      </section>
      {conversation.kind === 'room' ? null : <Details conversation={conversation} asOverlay={asOverlay} />}
    </>
  );
}
