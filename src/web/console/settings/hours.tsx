/** When the team answers, by the clock of a place. */
import type { Hours as HoursOfTeam } from '../../../protocol/hours.ts';
import { language, t } from '../words.ts';
import { Field, TextField, Toggle } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { SaveBar } from './save-bar.tsx';
import { useTeamSettings } from './team-settings.ts';

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const WEEKDAYS = 5;
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;

const zones = Intl.supportedValuesOf?.('timeZone') ?? [];
const dayName = (day: number) =>
  new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(MONDAY + (day - 1) * DAY_MS);

const ordinary = (): HoursOfTeam => ({
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  week: DAYS.slice(0, WEEKDAYS).map((day) => ({ day, from: '09:00', to: '17:00' })),
  holidays: [],
});

export function Hours() {
  const edited = useTeamSettings();
  const hours = edited.now?.hours ?? null;
  const set = (change: Partial<HoursOfTeam>) => hours && edited.set({ hours: { ...hours, ...change } });
  const ofDay = (day: number) => hours?.week.find((one) => one.day === day);
  const others = (day: number) => hours?.week.filter((one) => one.day !== day) ?? [];
  return (
    <SettingsPage title={t('businessHours')} about={t('hoursAbout')} actions={<SaveBar edited={edited} />}>
      <div class="form">
        <Failed reason={edited.reason} />
        <Toggle
          label={t('alwaysOpen')}
          on={hours === null}
          set={(on) => edited.set({ hours: on ? null : ordinary() })}
        />
        {hours ? (
          <>
            <Field label={t('timeZone')}>
              <select value={hours.timeZone} onChange={(event) => set({ timeZone: event.currentTarget.value })}>
                {zones.includes(hours.timeZone) ? null : <option>{hours.timeZone}</option>}
                {zones.map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </select>
            </Field>
            <table class="table hours">
              <tbody>
                {DAYS.map((day) => {
                  const open = ofDay(day);
                  const time = (end: 'from' | 'to', value: string) =>
                    open && set({ week: [...others(day), { ...open, [end]: value }].sort((a, b) => a.day - b.day) });
                  return (
                    <tr key={day}>
                      <th scope="row">{dayName(day)}</th>
                      <td>
                        {open ? (
                          <span class="times">
                            <input
                              type="time"
                              aria-label={`${dayName(day)}, ${t('from')}`}
                              value={open.from}
                              onChange={(event) => time('from', event.currentTarget.value)}
                            />
                            –
                            <input
                              type="time"
                              aria-label={`${dayName(day)}, ${t('to')}`}
                              value={open.to}
                              onChange={(event) => time('to', event.currentTarget.value)}
                            />
                          </span>
                        ) : (
                          <span class="quiet">{t('isClosed')}</span>
                        )}
                      </td>
                      <td class="end">
                        <Toggle
                          bare
                          label={dayName(day)}
                          on={open !== undefined}
                          set={(on) =>
                            set({
                              week: [...others(day), ...(on ? [{ day, from: '09:00', to: '17:00' }] : [])].sort(
                                (a, b) => a.day - b.day,
                              ),
                            })
                          }
                        />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            <TextField
              label={t('holidays')}
              value={hours.holidays.join('\n')}
              set={(value) => set({ holidays: value.split(/[\s,]+/).filter(Boolean) })}
              long
              hint={t('holidaysHint')}
            />
          </>
        ) : null}
      </div>
    </SettingsPage>
  );
}
