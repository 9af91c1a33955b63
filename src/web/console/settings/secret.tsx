/** Something to copy: a secret that is shown once, a line for a page. */
import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { t } from '../words.ts';

export function Copy({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="button"
      onClick={() => {
        navigator.clipboard.writeText(value).then(
          () => setCopied(true),
          () => {},
        );
      }}
    >
      <Icon name={copied ? 'check' : 'copy'} size={18} /> {t(copied ? 'copied' : 'copy')}
    </button>
  );
}

export function Secret({ label, value }: { label: string; value: string }) {
  return (
    <div class="secret" role="status">
      <p>{label}</p>
      <code>{value}</code>
      <Copy value={value} />
    </div>
  );
}
