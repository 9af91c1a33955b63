/** Customers who have just asked a bot: at the server's start it is the bot's turn in all their conversations. */
import type { Seed } from './seed.ts';

/** @returns a token of each customer */
export function seedAsked(seed: Seed, customers: number, botUrl: string): string[] {
  const bot = seed.bot('Lea', botUrl);
  return Array.from({ length: customers }, (_, place) => {
    const customer = seed.person('user', `Customer ${place + 1}`, true);
    const thread = seed.support(customer, bot, 'open');
    seed.write(thread, customer, 'Tell me everything.');
    seed.put(thread);
    seed.turn(thread, bot);
    return customer.token ?? '';
  });
}
