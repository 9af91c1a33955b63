/** What one sets something with. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is a child of it
    <label class="setting">
      <span>{label}</span>
      {children}
      {hint ? <small>{hint}</small> : null}
    </label>
  );
}

type TextProps = {
  label: string;
  value: string;
  set(value: string): void;
  hint?: string;
  type?: string;
  long?: boolean;
  required?: boolean;
  placeholder?: string;
  maxLength?: number;
  autocomplete?: string;
  inputMode?: 'numeric';
};

export function TextField({ label, value, set, hint, type = 'text', long, ...more }: TextProps) {
  const hinted = hint === undefined ? {} : { hint };
  return (
    <Field label={label} {...hinted}>
      {long ? (
        <textarea rows={3} value={value} onInput={(event) => set(event.currentTarget.value)} {...more} />
      ) : (
        <input type={type} value={value} onInput={(event) => set(event.currentTarget.value)} {...more} />
      )}
    </Field>
  );
}

type ChoiceProps<T extends string> = {
  label: string;
  value: T;
  set(value: T): void;
  options: readonly (readonly [T, string])[];
};

/** A few to choose from, side by side. */
export function Segments<T extends string>({ label, value, set, options, bare }: ChoiceProps<T> & { bare?: boolean }) {
  const name = useId();
  return (
    <fieldset class={`segments-field${bare ? ' bare' : ''}`}>
      <legend class={bare ? 'sr-only' : ''}>{label}</legend>
      <span class="segments">
        {options.map(([id, word]) => (
          <label key={id}>
            <input type="radio" name={name} class="sr-only" checked={value === id} onChange={() => set(id)} />
            <span>{word}</span>
          </label>
        ))}
      </span>
    </fieldset>
  );
}

export function Select<T extends string>({ label, value, set, options }: ChoiceProps<T>) {
  return (
    <Field label={label}>
      <select value={value} onChange={(event) => set(event.currentTarget.value as T)}>
        {options.map(([id, word]) => (
          <option key={id} value={id}>
            {word}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** On or off. @param bare the words stand elsewhere */
export function Toggle({
  label,
  hint,
  on,
  set,
  bare,
}: {
  label: string;
  hint?: string;
  on: boolean;
  set(on: boolean): void;
  bare?: boolean;
}) {
  return (
    <label class={`toggle${bare ? ' bare' : ''}`}>
      <span class={bare ? 'sr-only' : ''}>
        {label}
        {hint ? <small>{hint}</small> : null}
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        onChange={(event) => set(event.currentTarget.checked)}
      />
    </label>
  );
}

/** A state in a word, with its colour. */
export function Pill({ tone, children }: { tone: 'good' | 'late' | 'bad' | 'plain'; children: ComponentChildren }) {
  return <span class={`state-pill ${tone}`}>{children}</span>;
}
