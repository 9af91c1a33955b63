/** What a page with a chat on it may know before anybody has said who they are. */
import { inArray } from 'drizzle-orm';
import type { Questions } from '../../db/questions.ts';
import { users } from '../../db/schema/people.ts';
import type { Limits } from '../../protocol/answers.ts';
import type { Person } from '../../protocol/person.ts';
import type { PresenceState } from '../../protocol/presence.ts';
import type { WidgetConfig } from '../../protocol/widget-config.ts';
import { answersCustomers } from '../access.ts';
import { personOfUser, timeOrNull } from '../views.ts';
import { openingAt } from './hours.ts';
import type { SettingsPart } from './settings.ts';

export interface WidgetConfigParts {
  db: Questions;
  settings: Pick<SettingsPart, 'current'>;
  limits: Limits;
  /** The team as customers see it. */
  team: () => PresenceState;
  /** By which push services know this server, in Base64url. */
  pushKey: string;
  /** Wall clock, ms. */
  now: () => number;
}

export function createWidgetConfig({ db, settings, limits, team, pushKey, now }: WidgetConfigParts) {
  /** Those of them who can still be put in charge, in the order in which they are offered. */
  async function peopleOf(offered: readonly string[]): Promise<Person[]> {
    if (offered.length === 0) return [];
    const rows = await db
      .select()
      .from(users)
      .where(inArray(users.uuid, [...offered]))
      .all();
    const found = new Map(rows.filter(answersCustomers).map((row) => [row.uuid, personOfUser(row)]));
    return offered.flatMap((uuid) => found.get(uuid) ?? []);
  }

  return async (): Promise<WidgetConfig> => {
    const { look, texts, hours, away, offered, typingText } = settings.current();
    const { open, opensAt } = openingAt(hours, now());
    return {
      look,
      texts,
      limits,
      open,
      opensAt: timeOrNull(opensAt),
      away,
      team: team(),
      offered: await peopleOf(offered),
      typingText,
      pushKey,
    };
  };
}
