/** A few emoji for those who have a mouse and no emoji keyboard. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { t } from '../words.ts';

const EMOJI = [...'😀😂😊😉😍🤔😅🙈😢😡👍👎👏🙏💪🤝👋✌❤💙🎉🔥⭐✅❌⚡💡📎📦🚚🔧🔍📅⏳☕🌱🍀🎁'];

export function Emoji({ choose }: { choose(text: string): void }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('.emoji button')?.focus();
    const outside = (event: Event) => root.current?.contains(event.target as Node) || setOpen(false);
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  return (
    <span class="menu-root emoji-root" ref={root}>
      <button
        type="button"
        class="icon-button"
        aria-label={t('emoji')}
        title={t('emoji')}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="smile" />
      </button>
      {open ? (
        <section
          class="menu menu-up emoji"
          aria-label={t('emoji')}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setOpen(false);
          }}
        >
          {EMOJI.map((one) => (
            <button
              key={one}
              type="button"
              onClick={() => {
                setOpen(false);
                choose(one);
              }}
            >
              {one}
            </button>
          ))}
        </section>
      ) : null}
    </span>
  );
}
