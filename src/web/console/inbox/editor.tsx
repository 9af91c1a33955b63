/** Where one writes: to the customer, or a note for the team. Each keeps a draft of its own. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Conversation } from '../../../protocol/conversation.ts';
import { firstName } from '../../ui/person.ts';
import { Icon } from '../parts/icon.tsx';
import { Keys } from '../parts/keys.tsx';
import { claim, troubleOf } from '../state/actions.ts';
import { client, me } from '../state/desk.ts';
import { draftOf, filesOf, type Mode, modeOf, setDraft } from '../state/drafts.ts';
import { editing } from '../state/editing.ts';
import { openers } from '../state/openers.ts';
import { customerName, otherOf, personName, titleOf } from '../state/people.ts';
import { send } from '../state/sending.ts';
import { t } from '../words.ts';
import { CannedReplies, cannedWord } from './canned.tsx';
import { Emoji } from './emoji.tsx';
import { Strip } from './strip.tsx';

export function Editor({ conversation }: { conversation: Conversation }) {
  const { id, kind, status, assignee } = conversation;
  const [answering, setAnswering] = useState(false);
  const draft = draftOf(id, 'reply').value;
  const waitsForSomebody = kind === 'support' && status === 'open' && !assignee && !answering && !draft;
  // The keys r and n open the editor where it is not there yet.
  const wanted = useRef<Mode>();
  openers.editor.open = (mode, text) => {
    modeOf(id).value = mode;
    if (text !== undefined) setDraft(id, mode, text);
    wanted.current = mode;
    setAnswering(true);
    (document.getElementById('editor') as HTMLTextAreaElement | null)?.focus();
  };
  if (kind !== 'support' && status === 'closed') return <p class="editor-closed">{t('closedForGood')}</p>;
  if (waitsForSomebody && modeOf(id).value === 'reply') {
    return (
      <div class="editor-hold">
        <Strip conversation={conversation} />
        <div class="nobody-yet">
          <p>{t('nobodyAnswers', { name: customerName(conversation) })}</p>
          <button type="button" class="button" onClick={() => openers.editor.open?.('reply')}>
            {t('reply')} <Keys keys="R" />
          </button>
          <button type="button" class="button primary" onClick={() => void claim(id)}>
            {t('claim')} <Keys keys="C" />
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="editor-hold">
      <Strip conversation={conversation} />
      <Field key={modeOf(id).value} conversation={conversation} focus={answering} />
    </div>
  );
}

function Field({ conversation, focus }: { conversation: Conversation; focus: boolean }) {
  const { id, kind, team } = conversation;
  const mode = modeOf(id).value;
  const isNote = mode === 'note';
  const text = draftOf(id, mode).value;
  const field = useRef<HTMLTextAreaElement>(null);
  const files = filesOf(id, mode).value;
  const [cannedAt, setCannedAt] = useState(true);
  const anyway = troubleOf(id).value?.kind === 'newer' && !isNote;
  const most =
    me.value.role === 'user' ? conversation.maxLength : (client().limits?.maxLength ?? conversation.maxLength);
  const tooMany = [...text].length - Math.max(most, 10_000);

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  // Before the next key comes: what is typed right behind r or n is text.
  useLayoutEffect(() => {
    if (focus) field.current?.focus();
  }, [focus, id]);

  const write = (next: string) => {
    setDraft(id, mode, next);
    setCannedAt(true);
    if (!isNote) client().typing(id, next !== '', next);
  };
  /** Puts text where the cursor is. */
  const insert = (piece: string) => {
    const element = field.current;
    const from = element?.selectionStart ?? text.length;
    write(text.slice(0, from) + piece + text.slice(element?.selectionEnd ?? from));
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(from + piece.length, from + piece.length);
    });
  };
  const toMode = (next: Mode) => {
    modeOf(id).value = next;
    requestAnimationFrame(() => document.getElementById('editor')?.focus());
  };
  const canSend = (text.trim() !== '' || files.length > 0) && tooMany <= 0;
  const submit = () => {
    if (!canSend) return;
    send(conversation, mode, text, { files, anyway });
    filesOf(id, mode).value = [];
  };
  const word = cannedAt && kind === 'support' ? cannedWord(text) : undefined;
  const canned = useRef<{ onKey(event: KeyboardEvent): boolean }>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || (word !== undefined && canned.current?.onKey(event))) return;
    const coarse = matchMedia('(pointer: coarse)').matches;
    if (event.key === 'Enter' && !event.shiftKey && (!coarse || event.ctrlKey || event.metaKey)) submit();
    else if (event.key === 'Escape') field.current?.blur();
    else if (event.key === 'ArrowUp' && text === '' && editLast(conversation)) return event.preventDefault();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const reader =
    kind === 'support'
      ? customerName(conversation)
      : firstName(kind === 'direct' ? personName(otherOf(conversation)) : titleOf(conversation));
  const addFiles = (list: FileList | null | undefined) => {
    filesOf(id, mode).value = [...files, ...(list ?? [])];
  };
  return (
    <form
      class={`editor${isNote ? ' as-note' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => event.dataTransfer?.types.includes('Files') && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        addFiles(event.dataTransfer?.files);
      }}
    >
      {word !== undefined ? (
        <CannedReplies
          word={word}
          conversation={conversation}
          keys={canned}
          choose={(reply) => {
            write(reply);
            field.current?.focus();
          }}
          close={() => setCannedAt(false)}
        />
      ) : null}
      <div class="editor-top">
        {kind === 'support' && team ? (
          <>
            <button type="button" class="mode" aria-pressed={!isNote} onClick={() => toMode('reply')}>
              {t('reply')}
            </button>
            <button type="button" class="mode mode-note" aria-pressed={isNote} onClick={() => toMode('note')}>
              <Icon name="lock" size={14} /> {t('note')}
            </button>
          </>
        ) : null}
        <span class="reader">
          {isNote ? t('onlyTeam') : kind === 'room' ? t('roomReads') : t('readsThis', { name: reader })}
        </span>
      </div>
      <textarea
        id="editor"
        ref={field}
        dir="auto"
        rows={2}
        value={text}
        aria-label={isNote ? t('note') : t('reply')}
        placeholder={
          isNote
            ? t('writeNote')
            : kind === 'support'
              ? t('writeReply', { name: reader })
              : t('writeTo', { name: reader })
        }
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pasted = event.clipboardData?.files;
          if (!pasted?.length) return;
          event.preventDefault();
          addFiles(pasted);
        }}
      />
      {files.length > 0 ? (
        <ul class="files">
          {files.map((file) => (
            <li key={`${file.name} ${file.size}`} class="chip">
              <Icon name="file" size={14} /> <bdi>{file.name}</bdi>
              <button
                type="button"
                class="icon-button tiny"
                aria-label={t('removeFile', { name: file.name })}
                onClick={() => {
                  filesOf(id, mode).value = files.filter((one) => one !== file);
                }}
              >
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div class="editor-bottom">
        <label class="icon-button" title={t('attach')}>
          <Icon name="attach" />
          <span class="sr-only">{t('attach')}</span>
          <input
            type="file"
            class="sr-only"
            multiple
            onChange={(event) => {
              addFiles(event.currentTarget.files);
              event.currentTarget.value = '';
            }}
          />
        </label>
        <Emoji choose={insert} />
        {kind !== 'support' ? null : (
          <button
            type="button"
            class="icon-button"
            aria-label={t('cannedReplies')}
            title={t('cannedReplies')}
            onClick={() => {
              if (!text) write('/');
              field.current?.focus();
            }}
          >
            <Icon name="bolt" />
          </button>
        )}
        <span class="spacer">
          {tooMany > 0 ? <span class="too-many">{t('tooMany', { count: tooMany })}</span> : null}
        </span>
        <button
          type="submit"
          class={`button send${isNote ? ' amber' : anyway || !canSend ? '' : ' primary'}`}
          disabled={!canSend}
        >
          <span class="wide-word">{t(isNote ? 'addNote' : anyway ? 'sendAnyway' : 'send')}</span>
          <span class="send-icon">
            <Icon name={isNote ? 'check' : 'send'} />
          </span>
          {isNote ? null : <Keys keys="↵" />}
        </button>
      </div>
    </form>
  );
}

/** Arrow up in an empty field: one's last message, while it may still be changed. */
function editLast({ id, team }: Conversation): boolean {
  const messages = [...client().conversations.messages(id), ...(team ? client().conversations.messages(team.id) : [])];
  const own = messages.filter(({ author, deletedAt, content }) => author?.id === me.value.id && !deletedAt && content);
  const last = own.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt)).at(-1);
  if (!last || Date.now() - Date.parse(last.createdAt) > (client().limits?.editWindowMs ?? 0)) return false;
  editing.value = { conversationId: last.conversationId, messageId: last.id };
  return true;
}
