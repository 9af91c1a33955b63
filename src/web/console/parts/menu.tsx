/** A button that opens a menu below or above itself. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { IconName } from '../../ui/icons.ts';
import { Avatar, type AvatarProps } from './avatar.tsx';
import { Icon } from './icon.tsx';
import { Keys } from './keys.tsx';

export type MenuItem =
  | {
      label: string;
      run(): unknown;
      icon?: IconName;
      person?: AvatarProps['person'];
      hint?: string;
      keys?: string;
      chosen?: boolean;
      danger?: boolean;
    }
  | 'line';

type MenuProps = {
  /** For those who do not see the button, where it shows no words. */
  label?: string;
  children: ComponentChildren;
  items: readonly MenuItem[] | (() => readonly MenuItem[]);
  class?: string;
  align?: 'start' | 'end';
  up?: boolean;
  title?: string;
  /** Opened by a key: by whoever holds this. */
  opener?: { open?: () => void };
};

export function Menu({ label, children, items, class: cls = 'button', align = 'start', up, title, opener }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  if (opener) opener.open = () => setOpen(true);
  const close = (focus: boolean) => {
    setOpen(false);
    if (focus) button.current?.focus();
  };
  return (
    <span class="menu-root" ref={root}>
      <button
        ref={button}
        type="button"
        class={cls}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={title ?? label}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <MenuList
          items={typeof items === 'function' ? items() : items}
          close={close}
          root={root}
          align={align}
          up={up}
        />
      )}
    </span>
  );
}

type ListProps = {
  items: readonly MenuItem[];
  close(focus: boolean): void;
  root: { current: HTMLElement | null };
  align: 'start' | 'end';
  up: boolean | undefined;
};

function MenuList({ items, close, root, align, up }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const options = () => [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];

  // Before the next key can come: it is meant for the first of the list.
  useLayoutEffect(() => {
    (list.current?.querySelector<HTMLElement>('[aria-checked=true]') ?? options()[0])?.focus({ preventScroll: true });
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const all = options();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all.at(to % all.length)?.focus();
    else if (event.key === 'Escape') close(true);
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== ' ') {
      const letter = event.key.toLocaleLowerCase();
      const found = [...all.slice(at + 1), ...all].find((one) =>
        one.textContent?.trim().toLocaleLowerCase().startsWith(letter),
      );
      found?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class={`menu menu-${align}${up ? ' menu-up' : ''}`} role="menu" ref={list} onKeyDown={onKeyDown} tabIndex={-1}>
      {items.map((item, place) =>
        item === 'line' ? (
          <hr key={place} />
        ) : (
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it has another role
          <button
            key={item.label}
            type="button"
            role={item.chosen === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.chosen}
            class={item.danger ? 'danger' : ''}
            onClick={() => {
              close(true);
              item.run();
            }}
          >
            {item.person !== undefined ? <Avatar person={item.person} size={20} /> : null}
            {item.icon ? <Icon name={item.icon} size={18} /> : null}
            <span class="menu-label">{item.label}</span>
            {item.hint ? <span class="menu-hint">{item.hint}</span> : null}
            {item.keys ? <Keys keys={item.keys} /> : null}
            {item.chosen ? <Icon name="check" size={16} /> : null}
          </button>
        ),
      )}
    </div>
  );
}
