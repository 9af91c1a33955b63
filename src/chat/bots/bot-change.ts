/** What may be asked to change about bots. Their key and secret come sealed. */
import type { BotRow } from '../../db/rows.ts';
import type { By } from '../caller.ts';

/** How a bot answers; what is absent stays as it is. */
export type BotTraits = Omit<BotRow, 'id'> & { name: string; enabled: boolean };

interface CreateBotChange {
  type: 'bot.create';
  by: By;
  traits: BotTraits;
}

interface PatchBotChange {
  type: 'bot.patch';
  by: By;
  /** The key of its user. */
  bot: number;
  traits: Partial<BotTraits>;
}

interface DeleteBotChange {
  type: 'bot.delete';
  by: By;
  bot: number;
}

export type BotChange = CreateBotChange | PatchBotChange | DeleteBotChange;
