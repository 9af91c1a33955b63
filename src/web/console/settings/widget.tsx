/** How the widget looks on the team's pages, with a preview, and the line that puts it there. */
import { t } from '../words.ts';
import { Field, Segments, TextField, Toggle } from './fields.tsx';
import { ACCENTS, type Look } from './look.ts';
import { Failed, SettingsPage } from './page.tsx';
import { Preview } from './preview.tsx';
import { SaveBar } from './save-bar.tsx';
import { Copy } from './secret.tsx';
import { useTeamSettings } from './team-settings.ts';

const MOST_STARTERS = 4;

export function Widget() {
  const edited = useTeamSettings();
  const { now } = edited;
  const line = `<script async src="${location.origin}/widget.js"></script>`;
  if (!now) {
    return (
      <SettingsPage title={t('widget')}>
        <Failed reason={edited.reason} />
      </SettingsPage>
    );
  }
  const look = now.look as Look;
  const set = (change: Partial<Look>) => edited.set({ look: { ...now.look, ...change } });
  const text = (key: string, value: string) => {
    const texts = { ...now.texts, [key]: value };
    if (!value) delete texts[key];
    edited.set({ texts });
  };
  const accent = look.accent ?? ACCENTS[0];
  const radius = look.radius ?? 20;
  return (
    <SettingsPage
      title={t('widget')}
      actions={<SaveBar edited={edited} />}
      aside={<Preview look={look} greeting={now.texts.greeting} away={now.away} />}
    >
      <div class="form">
        <div class="script-line">
          <header class="with-action">
            <h3>{t('scriptLine')}</h3>
            <Copy value={line} />
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <pre tabIndex={0}>
            <code>{line}</code>
          </pre>
          <small>{t('scriptHint')}</small>
        </div>
        <TextField label={t('widgetName')} value={look.name ?? ''} set={(name) => set({ name })} maxLength={60} />
        <fieldset class="accents">
          <legend>{t('accent')}</legend>
          <span class="accent-row">
            {ACCENTS.map((one) => (
              <label key={one} style={{ '--swatch': one }}>
                <input
                  type="radio"
                  name="accent"
                  class="sr-only"
                  checked={accent === one}
                  onChange={() => set({ accent: one })}
                />
                <span class="swatch" />
                <span class="sr-only">{one}</span>
              </label>
            ))}
            <input
              class="hex"
              aria-label={t('accentHex')}
              value={accent}
              pattern="#[0-9a-fA-F]{6}"
              onChange={(event) => {
                const value = event.currentTarget.value.trim();
                if (/^#[0-9a-f]{6}$/i.test(value)) set({ accent: value.toLowerCase() });
              }}
            />
          </span>
          <small>{t('accentHint')}</small>
        </fieldset>
        <Segments
          label={t('theme')}
          value={look.theme ?? 'auto'}
          set={(theme) => set({ theme })}
          options={[
            ['auto', t('asVisitor')],
            ['light', t('light')],
            ['dark', t('dark')],
          ]}
        />
        <div class="two">
          <Segments
            label={t('corner')}
            value={look.position ?? 'right'}
            set={(position) => set({ position })}
            options={[
              ['left', t('leftSide')],
              ['right', t('rightSide')],
            ]}
          />
          <Field label={t('roundness')}>
            <span class="range">
              <input
                type="range"
                min={0}
                max={28}
                value={radius}
                onInput={(event) => set({ radius: Number(event.currentTarget.value) })}
              />
              <output>{radius} px</output>
            </span>
          </Field>
        </div>
        <TextField
          label={t('greetingLabel')}
          value={now.texts.greeting ?? ''}
          set={(value) => text('greeting', value)}
          maxLength={200}
          placeholder={t('greeting')}
        />
        <TextField label={t('whenAway')} value={now.away} set={(away) => edited.set({ away })} maxLength={200} />
        <TextField
          label={t('starters')}
          value={(look.starters ?? []).join('\n')}
          set={(value) => set({ starters: value.split('\n').slice(0, MOST_STARTERS) })}
          long
          hint={t('startersHint', { count: MOST_STARTERS })}
        />
        <Toggle
          label={t('askFirst')}
          hint={t('askFirstHint')}
          on={Boolean(look.form)}
          set={(on) => {
            const { form: _form, ...rest } = now.look as Look;
            const form = { fields: [{ name: 'name' }, { name: 'email', type: 'email', required: true }] };
            edited.set({ look: on ? { ...rest, form } : rest });
          }}
        />
        <Toggle
          label={t('typingText')}
          hint={t('typingTextHint')}
          on={now.typingText}
          set={(typingText) => edited.set({ typingText })}
        />
        <Failed reason={edited.reason} />
      </div>
    </SettingsPage>
  );
}
