/** What the forms of signing in are made of. */
import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { t } from '../words.ts';

export const MIN_PASSWORD = 8;

export function Reason({ text }: { text: string | undefined }) {
  return (
    <p class="form-error" role="alert" hidden={!text}>
      {text}
    </p>
  );
}

/** Runs what a form sends, once at a time, and keeps why it failed. */
export function useSubmit(run: (values: Record<string, string>) => Promise<void>, words: (error: unknown) => string) {
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState<string>();
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Record<string, string>;
    if (busy) return;
    setBusy(true);
    try {
      await run(values);
    } catch (error) {
      setReason(words(error));
      setBusy(false);
    }
  };
  return { busy, reason, onSubmit };
}

export function Password({ autocomplete, label, hint }: { autocomplete: string; label: string; hint?: string }) {
  const [shown, setShown] = useState(false);
  return (
    <div class="field">
      <label for="password">{label}</label>
      <span class="with-button">
        <input
          id="password"
          name="password"
          type={shown ? 'text' : 'password'}
          autocomplete={autocomplete}
          minLength={hint ? MIN_PASSWORD : undefined}
          required
        />
        <button
          type="button"
          class="icon-button"
          aria-pressed={shown}
          aria-label={t('showPassword')}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </span>
      {hint ? <small>{hint}</small> : null}
    </div>
  );
}
