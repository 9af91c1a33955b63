/** A dialog above everything: the browser's own, so that what is behind it is out of reach. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../words.ts';
import { Icon } from './icon.tsx';

type DialogProps = { title: string; close(): void; children: ComponentChildren; class?: string; bare?: boolean };

/** @param bare without a heading of its own */
export function Dialog({ title, close, children, class: cls = '', bare }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.isConnected && before.focus({ preventScroll: true });
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${cls}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === dialog.current && close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {bare ? (
        children
      ) : (
        <div class="dialog-body">
          <header>
            <h2>{title}</h2>
            <button type="button" class="icon-button" aria-label={t('toClose')} onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
