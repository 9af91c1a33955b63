/** Bots: made, changed and taken away by admins. A bot is a user of its role, and a row of how it answers. */
import type { BotRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { BotChange, BotTraits } from '../bots/bot-change.ts';
import { botView } from '../bots/bot-view.ts';
import type { By } from '../caller.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { addUser } from './people-rows.ts';
import { applyTraits } from './people-traits.ts';
import type { Rule } from './rule.ts';

type BotRules = { [T in BotChange['type']]: Rule<Extract<BotChange, { type: T }>> };

export const botRules: BotRules = {
  'bot.create': {
    want(change, want) {
      wantAsker(change.by, want);
    },
    decide(given, { type, by, traits: { name, enabled, ...how } }) {
      const { set } = given;
      checkAdmin(set, by);
      const user = addUser(given, { anonymous: false, role: 'bot', name });
      const bot: BotRow = { id: user.id, ...how };
      set.rows.bots.set(bot.id, bot);
      set.marked.bots.insert(bot);
      if (!enabled) user.disabledAt = given.at;
      note(given, by, { action: type, target: { type: 'bot', id: user.uuid } });
      return { value: botView(bot, user), publications: [] };
    },
  },

  'bot.patch': {
    want(change, want) {
      wantAsker(change.by, want);
      want.row('bots', change.bot);
      want.user(change.bot);
      want.sessionsOf(change.bot);
    },
    decide(given, change) {
      const { set } = given;
      const { bot, user } = botToChange(set, change.by, change.bot);
      const { name, enabled, ...how } = change.traits;
      Object.assign(bot, how satisfies Partial<BotTraits>);
      set.marked.bots.save(bot);
      note(given, change.by, {
        action: change.type,
        target: { type: 'bot', id: user.uuid },
        details: { changed: Object.keys(change.traits).toSorted() },
      });
      const publications = applyTraits(given, user, {
        ...(name === undefined ? {} : { name }),
        ...(enabled === undefined ? {} : { disabled: !enabled }),
      });
      return { value: botView(bot, user), publications };
    },
  },

  'bot.delete': {
    want(change, want) {
      wantAsker(change.by, want);
      want.row('bots', change.bot);
      want.user(change.bot);
      want.sessionsOf(change.bot);
    },
    decide(given, change) {
      const { set } = given;
      const { bot, user } = botToChange(set, change.by, change.bot);
      set.rows.bots.set(bot.id, null);
      set.marked.bots.remove(bot);
      note(given, change.by, { action: change.type, target: { type: 'bot', id: user.uuid } });
      return { value: null, publications: applyTraits(given, user, { disabled: true }) };
    },
  },
};

function checkAdmin(set: WorkingSet, by: By): void {
  if (userAsking(set, by).role !== 'admin') throw new Refusal('FORBIDDEN');
}

function botToChange(set: WorkingSet, by: By, id: number): { bot: BotRow; user: UserRow } {
  checkAdmin(set, by);
  const bot = set.rows.bots.get(id);
  const user = set.users.get(id);
  if (!bot || user === undefined) throw new Refusal('NOT_FOUND');
  return { bot, user };
}
