/** The palette: whatever one wants to do or find, by typing some of it. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Avatar } from './parts/avatar.tsx';
import { Dialog } from './parts/dialog.tsx';
import { Icon } from './parts/icon.tsx';
import { Keys } from './parts/keys.tsx';
import { Marked } from './parts/marked.tsx';
import { allMessages, type Choice, choicesFor, searchMessages } from './state/choices.ts';
import { closeOverlay } from './state/overlay.ts';
import { t } from './words.ts';

/** Typing rests so long before the server is asked. */
const REST_MS = 180;

export function Palette({ first }: { first: string }) {
  const [text, setText] = useState(first);
  const [key, setKey] = useState<string>();
  const [found, setFound] = useState<readonly Choice[]>([]);
  const list = useRef<HTMLDivElement>(null);
  const own = useMemo(() => choicesFor(text), [text]);
  const choices = [
    ...own.filter(({ group }) => group !== 'goTo'),
    ...found,
    ...own.filter(({ group }) => group === 'goTo'),
  ];
  // By its key: what the server finds comes late, and must not come under an Enter that means another.
  const wanted = key ?? own[0]?.key;
  const chosen = Math.max(
    0,
    choices.findIndex((one) => one.key === wanted),
  );

  useEffect(() => {
    const words = text.trim();
    if (words.length < 2) {
      setFound([]);
      return;
    }
    let wanted = true;
    const onlyAll = () => wanted && setFound([allMessages(words)]);
    const timer = setTimeout(() => {
      searchMessages(words).then((next) => wanted && setFound(next), onlyAll);
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    closeOverlay();
    choice.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && choices.length > 0) setKey(choices[(chosen + step + choices.length) % choices.length]?.key);
    else if (event.key === 'Enter') take(choices[chosen]);
    else return;
    event.preventDefault();
  };

  let group: Choice['group'] | undefined;
  return (
    <Dialog title={t('searchOrJump')} close={closeOverlay} class="palette" bare>
      <div class="palette-field">
        <Icon name="search" />
        <input
          autofocus
          value={text}
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices[chosen] ? `choice-${chosen}` : undefined}
          aria-label={t('searchOrJump')}
          placeholder={t('searchOrJump')}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setKey(undefined);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label={t('choices')} ref={list}>
        {choices.map((choice, place) => {
          const heads = choice.group !== group;
          group = choice.group;
          return [
            heads ? (
              <p class="palette-group" role="presentation" key={`head-${choice.group}`}>
                {t(choice.group)}
              </p>
            ) : null,
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
            <div
              key={choice.key}
              id={`choice-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === chosen}
              class="choice"
              onPointerMove={() => setKey(choice.key)}
              onClick={() => take(choice)}
            >
              {choice.person ? <Avatar person={choice.person} size={20} /> : <Icon name={choice.icon ?? 'chat'} />}
              <span class="choice-label">
                <Marked text={choice.label} marks={choice.marks} />
              </span>
              {choice.hint ? <span class="choice-hint">{choice.hint}</span> : null}
              {choice.keys ? <Keys keys={choice.keys} /> : null}
            </div>,
          ];
        })}
        {choices.length === 0 ? <p class="palette-none">{t('nothingFound')}</p> : null}
      </div>
    </Dialog>
  );
}
