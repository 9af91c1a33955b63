/** What the team's admins decide: read and changed by them; other parts of the server read what concerns them. */
import { eq, sql } from 'drizzle-orm';
import type { Questions } from '../../db/questions.ts';
import { SETTINGS, settings } from '../../db/schema/setup.ts';
import type { Writer } from '../../db/writer.ts';
import { normaliseId } from '../../protocol/id.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Settings, SettingsPatch } from '../../protocol/settings.ts';
import { isAdmin } from '../access.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { settingsView } from './settings-view.ts';

export type SettingsPart = ReturnType<typeof createSettings>;

export function createSettings(db: Questions, writer: Writer<Change, Publication>) {
  const statement = db
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.id, sql.placeholder('id')))
    .prepare();
  const kept = async () => settingsView((await statement.get({ id: SETTINGS }))?.value);
  let known = settingsView(undefined);
  let changes = 0;

  return {
    statement: { settings: statement },

    /** At the start, and where it may have missed a change. */
    async begin(): Promise<void> {
      const before = changes;
      const read = await kept();
      // What was told meanwhile may be newer.
      if (changes === before) known = read;
    },

    /** They were changed. */
    changed(settings: Settings): void {
      changes += 1;
      known = settings;
    },

    /** As they are now, for the server itself: asked so often that the file is not. */
    current: (): Settings => known,

    async get(caller: Caller): Promise<Settings> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      return kept();
    },

    async patch(caller: Caller, body: SettingsPatch): Promise<Settings> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      return writer.submit<Settings>({ type: 'settings.patch', by: byOf(caller), patch: normalised(body) });
    },
  };
}

function normalised({ firstAssignee, offered, ...rest }: SettingsPatch): SettingsPatch {
  const id = (given: string | null) => (given === null ? null : normaliseId(given));
  const first = Object.entries(firstAssignee ?? {}).map(([queue, user]) => [queue, id(user)]);
  return {
    ...rest,
    ...(firstAssignee === undefined ? {} : { firstAssignee: Object.fromEntries(first) }),
    ...(offered === undefined ? {} : { offered: offered.map(normaliseId) }),
  };
}
