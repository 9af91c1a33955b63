/** Parts of the page that are loaded when they are first shown. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../words.ts';

/**
 * Whether the server has another build than this page: then the part that this page asks for is gone. The page's own
 * document is asked for each time, and names its script.
 */
async function isOutdated(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"]');
  const answer = await fetch('/console');
  return own !== null && answer.ok && !(await answer.text()).includes(new URL(own.src).pathname);
}

/** A part that failed once is given by no browser before the page is loaded anew; drafts outlive that. */
function Failed({ why }: { why: 'updated' | 'noAnswer' }) {
  return (
    <div class="empty" role="alert">
      <h1>{t(why)}</h1>
      <button type="button" class="button primary" onClick={() => location.reload()}>
        {t('reload')}
      </button>
    </div>
  );
}

/** @param load gives the component */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [failed, setFailed] = useState<'updated' | 'noAnswer'>();
    const [, redraw] = useState(0);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          redraw((n) => n + 1);
        },
        async () => setFailed((await isOutdated().catch(() => false)) ? 'updated' : 'noAnswer'),
      );
    }, []);
    const Loaded = loaded;
    if (Loaded) return <Loaded {...props} />;
    return failed ? <Failed why={failed} /> : <div class="page" aria-busy="true" />;
  };
}
