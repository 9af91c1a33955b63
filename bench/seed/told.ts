/** Customers who have written, and a webhook that has not been told of it yet: the outbox as a long silence leaves it. */
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openForWriting } from '../../src/db/pragmas.ts';
import { Seed } from './seed.ts';

/** A folder of them alone. */
export async function seedUntold(folder: string, events: number, conversations: number, url: string): Promise<void> {
  const seed = await Seed.in(folder);
  for (let place = 0; place < conversations; place += 1) {
    const customer = seed.person('user', `Customer ${place + 1}`, false);
    const thread = seed.support(customer, null, 'open');
    for (let count = place; count < events; count += conversations) {
      seed.write(thread, customer, 'Is the lamp still to be had in green, and when could it be here?');
    }
    seed.put(thread);
  }
  seed.end();
  const file = openForWriting(join(folder, 'parley.db'));
  // An event's key is one of the file's, as its message's is.
  file.exec(`
    insert into outbox (id, position, conversation, rev, type, subject)
      select id, created_at * 1000, conversation, rev, 'message.created', id from messages;
    update meta set last_id = last_id + 1;
    insert into receivers (id, kind, place) select last_id, 'webhook', 0 from meta;
  `);
  file
    .prepare(
      `insert into webhooks (id, uuid, url, events, kinds, enabled, generation, created_at)
        select last_id, ?, ?, '["message.created"]', '["support"]', 1, 1, 0 from meta`,
    )
    .run(randomUUIDv7(), url);
  file.close();
}

/** Rows that are kept of the telling. */
export function keptRows(folder: string): { outbox: number; deliveries: number } {
  const file = new Database(join(folder, 'parley.db'), { readonly: true });
  const rows = (table: string) => file.prepare(`select count(*) from ${table}`).pluck().get() as number;
  const kept = { outbox: rows('outbox'), deliveries: rows('deliveries') };
  file.close();
  return kept;
}
