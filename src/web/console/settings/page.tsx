/** The frame of a page of settings: its name, what can be done, what it holds. */
import type { ComponentChildren } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { Undo } from '../parts/undo.tsx';
import { go } from '../state/route.ts';
import { undo } from '../state/undo.ts';
import { t } from '../words.ts';

type PageProps = {
  title: string;
  about?: string;
  actions?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
};

/** @param aside stands beside it, where there is room */
export function SettingsPage({ title, about, actions, aside, children }: PageProps) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keys reach it */}
      <section class="settings-page" aria-labelledby="settings-title" tabIndex={0}>
        <header>
          <button
            type="button"
            class="icon-button only-narrow"
            aria-label={t('back')}
            onClick={() => go({ name: 'settings', page: undefined })}
          >
            <Icon name="back" />
          </button>
          <h2 id="settings-title">{title}</h2>
          <span class="spacer" />
          {actions}
        </header>
        {about ? <p class="about">{about}</p> : null}
        {children}
        <Undone />
      </section>
      {aside}
    </>
  );
}

/** What was deleted here, while it can be taken back. */
function Undone() {
  const last = undo.value;
  return last?.id === 'settings' ? (
    <div class="strip undone" role="status">
      <Icon name="check" size={18} />
      <span>{last.text}</span>
      <Undo />
    </div>
  ) : null;
}

export function Failed({ reason }: { reason: string | undefined }) {
  return reason ? (
    <p class="form-error" role="alert">
      {reason}
    </p>
  ) : null;
}
