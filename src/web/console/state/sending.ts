/** Sending what was written. A reply is to what one has seen; if somebody else wrote meanwhile, it comes back. */
import type { Conversation } from '../../../protocol/conversation.ts';
import { asParleyError } from '../../sdk/errors.ts';
import { tellRefused, troubleOf } from './actions.ts';
import { client } from './desk.ts';
import { giveBack, type Mode, setDraft } from './drafts.ts';
import { seenSeq } from './thread.ts';

/** @param anyway whatever others wrote meanwhile */
export function send(
  conversation: Conversation,
  mode: Mode,
  text: string,
  { files, anyway }: { files: readonly File[]; anyway: boolean },
): void {
  const { id, team, kind } = conversation;
  const target = mode === 'note' ? team?.id : id;
  if (target === undefined) return;
  const careful = mode === 'reply' && kind === 'support' && !anyway;
  setDraft(id, mode, '');
  if (mode === 'reply') troubleOf(id).value = null;
  const sending = client().send(
    target,
    { ...(text.trim() ? { content: text } : {}), files },
    careful ? { ifSeq: seenSeq(id) } : {},
  );
  sending.done.catch((error) => {
    if (asParleyError(error).code !== 'NEWER_MESSAGES') return;
    client().outbox.discard(sending.id);
    giveBack(id, mode, text, files);
    tellRefused(id, error);
  });
}
