/** Canned replies: chosen by their word behind a slash. */
import { signal } from '@preact/signals';
import type { MutableRef } from 'preact/hooks';
import { useState } from 'preact/hooks';
import type { Conversation } from '../../../protocol/conversation.ts';
import { firstName } from '../../ui/person.ts';
import { Keys } from '../parts/keys.tsx';
import { allOf } from '../state/all-of.ts';
import { me } from '../state/desk.ts';
import { customerName } from '../state/people.ts';
import { go } from '../state/route.ts';
import { t } from '../words.ts';

export type CannedReply = { id: string; shortcut: string; text: string };

export const cannedReplies = signal<readonly CannedReply[] | null>(null);
const SHOWN = 6;

async function loadCanned(): Promise<void> {
  cannedReplies.value = await allOf<CannedReply>('/v1/canned-replies').catch(() => []);
}

/** What stands behind a slash when there is nothing else; undefined: no canned reply is meant. */
export function cannedWord(text: string): string | undefined {
  return /^\/\S*$/.test(text) ? text.slice(1).toLowerCase() : undefined;
}

/** Names in the text stand for whom it is written to and by. */
function filled(text: string, conversation: Conversation): string {
  return text.replaceAll('{name}', customerName(conversation)).replaceAll('{me}', firstName(me.value.name ?? ''));
}

type CannedProps = {
  word: string;
  conversation: Conversation;
  keys: MutableRef<{ onKey(event: KeyboardEvent): boolean } | null>;
  choose(text: string): void;
  close(): void;
};

export function CannedReplies({ word, conversation, keys, choose, close }: CannedProps) {
  const [at, setAt] = useState(0);
  if (cannedReplies.value === null) void loadCanned();
  const all = cannedReplies.value ?? [];
  const found = all
    .filter(({ shortcut, text }) => shortcut.toLowerCase().includes(word) || text.toLowerCase().includes(word))
    .sort(
      (a, b) => Number(b.shortcut.toLowerCase().startsWith(word)) - Number(a.shortcut.toLowerCase().startsWith(word)),
    )
    .slice(0, SHOWN);
  const chosen = Math.min(at, found.length - 1);
  const take = (reply: CannedReply | undefined) => reply && choose(filled(reply.text, conversation));

  keys.current = {
    onKey(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found.length > 0) setAt((chosen + step + found.length) % found.length);
      else if ((event.key === 'Enter' || event.key === 'Tab') && found[chosen]) take(found[chosen]);
      else if (event.key === 'Escape') close();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };

  return (
    <div class="canned">
      {found.length === 0 ? <p class="quiet">{t(all.length > 0 ? 'noCannedFound' : 'noCanned')}</p> : null}
      <div role="listbox" aria-label={t('cannedReplies')}>
        {found.map((reply, place) => (
          <div
            key={reply.id}
            role="option"
            tabIndex={-1}
            aria-selected={place === chosen}
            class="canned-row"
            onPointerDown={(event) => {
              event.preventDefault();
              take(reply);
            }}
            onPointerMove={() => setAt(place)}
          >
            <b>/{reply.shortcut}</b>
            <span>{reply.text}</span>
            {place === chosen ? <Keys keys="↵" /> : null}
          </div>
        ))}
      </div>
      <footer>
        <Keys keys="↑ ↓" /> {t('choose')} <Keys keys="↵" /> {t('putIn')} <Keys keys="Esc" /> {t('closeIt')}
        <span class="spacer" />
        {me.value.role === 'admin' ? (
          <button type="button" class="link" onClick={() => go({ name: 'settings', page: 'canned' })}>
            {t('newCanned')}
          </button>
        ) : null}
      </footer>
    </div>
  );
}
