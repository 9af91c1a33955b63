/** How long closed conversations are kept. */
import { t } from '../words.ts';
import { TextField, Toggle } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { SaveBar } from './save-bar.tsx';
import { useTeamSettings } from './team-settings.ts';

const YEAR = 365;

export function Retention() {
  const edited = useTeamSettings();
  const days = edited.now?.retentionDays ?? null;
  return (
    <SettingsPage title={t('retention')} about={t('retentionAbout')} actions={<SaveBar edited={edited} />}>
      <div class="form">
        <Toggle
          label={t('keepForEver')}
          on={days === null}
          set={(on) => edited.set({ retentionDays: on ? null : YEAR })}
        />
        {days === null ? null : (
          <TextField
            label={t('keepDays')}
            type="number"
            value={String(days)}
            set={(value) => edited.set({ retentionDays: Math.max(1, Math.round(Number(value))) })}
            hint={t('keepDaysHint')}
          />
        )}
        <Failed reason={edited.reason} />
      </div>
    </SettingsPage>
  );
}
