/** The widget as it would look, drawn from what is set and not saved yet. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { paint } from '../../ui/paint.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { team } from '../state/people.ts';
import { t } from '../words.ts';
import { Segments } from './fields.tsx';
import { ACCENTS, type Look } from './look.ts';

type Scene = 'first' | 'talk' | 'away';
type PreviewProps = { look: Look; greeting: string | undefined; away: string };

export function Preview({ look, greeting, away }: PreviewProps) {
  const [scene, setScene] = useState<Scene>('first');
  const frame = useRef<HTMLDivElement>(null);
  const { accent = ACCENTS[0], theme = 'auto', position = 'right', radius = 20, starters = [] } = look;
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
    element.dataset.theme = dark ? 'dark' : 'light';
    paint(element, accent, dark);
  }, [accent, theme]);
  const people = team.value.filter(({ role, disabledAt }) => role !== 'bot' && !disabledAt).slice(0, 3);
  return (
    <aside class="preview" aria-label={t('preview')}>
      <Segments
        bare
        label={t('preview')}
        value={scene}
        set={(next: Scene) => setScene(next)}
        options={[
          ['first', t('firstVisit')],
          ['talk', t('conversationWord')],
          ['away', t('awayState')],
        ]}
      />
      <div class="preview-page" aria-hidden="true">
        <i class="ghost short" />
        <i class="ghost tall" />
        <i class="ghost" />
        <i class="ghost" />
        <div class="preview-widget" data-side={position} ref={frame}>
          <div class="preview-panel" style={{ borderRadius: radius }}>
            {scene === 'talk' ? (
              <>
                <header class="preview-head">
                  <Avatar person={people[0]} size={36} />
                  <b>{look.name || people[0]?.name || 'Parley'}</b>
                </header>
                <div class="preview-log">
                  <p class="mine">{t('previewAsk')}</p>
                  <p>{t('previewAnswer')}</p>
                </div>
              </>
            ) : (
              <div class="preview-first">
                <span class="faces">
                  {people.map((one) => (
                    <Avatar key={one.id} person={one} size={40} />
                  ))}
                </span>
                <h4>{greeting || t('greeting')}</h4>
                <p class="preview-state">
                  <span class={`dot${scene === 'first' ? ' online' : ''}`} />{' '}
                  {scene === 'first' ? t('online') : away || t('away')}
                </p>
                <span class="spacer" />
                {starters.filter(Boolean).map((one) => (
                  <p key={one} class="starter">
                    {one} <Icon name="fwd" size={16} />
                  </p>
                ))}
              </div>
            )}
            <p class="preview-composer">
              {t('write')} <Icon name="send" size={18} />
            </p>
          </div>
          <span class="preview-launcher">
            <Icon name="down" size={26} />
          </span>
        </div>
      </div>
    </aside>
  );
}
