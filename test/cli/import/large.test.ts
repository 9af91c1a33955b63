/** Files that are large enough for threads: one reads them, one makes the search index. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { openForWriting } from '../../../src/db/pragmas.ts';
import { ensureSearchIndex, indexAll } from '../../../src/db/search-index.ts';
import { spawnParley } from '../parley.ts';
import { history, importing, jsonLines } from './bring-in.ts';

t.setTimeout(300_000);

const COUNT = 30_000;
const ROOMS = 7;
const FILLING = 'the same words again and again, of which there are some in each';

const rows = Array.from({ length: COUNT }, (_, index) => ({
  _id: String(index),
  content: `word${index} ${FILLING}`,
  // In no order.
  timestamp: 1_735_725_600_000 + ((index * 7_919) % COUNT),
  sessionId: `call-${index % ROOMS}`,
  senderId: `user-${index % 11}`,
}));

/** Each word with the messages and places where the index has it. */
function indexed(file: string, { anew }: { anew: boolean }): string {
  const database = openForWriting(file, { fileMustExist: true });
  try {
    if (anew) {
      database.prepare('update meta set search_version = 0').run();
      ensureSearchIndex(database);
      indexAll(database);
    }
    database.exec("CREATE VIRTUAL TABLE temp.instances USING fts5vocab('main', 'search', 'instance')");
    const sum = createHash('sha256');
    const all = database.prepare('select term, doc, col, "offset" from temp.instances order by 1, 2, 3, 4').raw();
    for (const row of all.iterate()) sum.update(JSON.stringify(row));
    return sum.digest('hex');
  } finally {
    database.close();
  }
}

t.test('killed while it reads, writes and indexes, it is run again and is as if it had been one', async (t) => {
  const source = importing(t);
  const file = join(source.source, 'ChatMessage.json');
  writeFileSync(file, `${jsonLines(rows)}{"_id": "cut`);
  for (const when of ['reading', 'writing', 'indexing for the search']) {
    const child = spawnParley(['import', file, '--from', '001', '--data', source.data]);
    if (child.stderr === null) throw new Error('it has no standard error');
    let killed = false;
    for await (const line of createInterface({ input: child.stderr })) {
      if (line === when) killed = child.kill('SIGKILL');
    }
    await once(child, 'close').catch(() => {});
    t.ok(killed, when);
  }
  const told = await source.run('001', {}, file);
  t.equal(told.messages + told.already, COUNT);
  t.same(told.reasons, [{ reason: 'the line is no JSON object', count: 1, places: [`ChatMessage.json:${COUNT + 1}`] }]);
  t.same(
    readdirSync(source.data).filter((name) => name.includes('in-progress')),
    [],
  );
  const database = join(source.data, 'parley.db');
  t.equal(indexed(database, { anew: false }), indexed(database, { anew: true }), 'the index is what it is by itself');

  const again = await source.run('001', {}, file);
  t.match(again, { users: 0, conversations: 0, messages: 0, already: COUNT });

  const app = await source.serve();
  const una = await app.hostUser('user-0');
  const conversations = (await una.request('GET', 'conversations')).body.items;
  t.equal(conversations.length, ROOMS);
  for (const { id } of conversations.slice(0, 2)) {
    const all = await history(t, una, id);
    const times = all.map(({ createdAt }) => createdAt);
    t.same(times, times.toSorted());
  }
  const found = await una.request('GET', `search?q=word${COUNT - 1}`);
  t.equal(found.body.items.length, 1);
});

t.test('a dump of SQL as large', async (t) => {
  const source = importing(t);
  const file = join(source.source, 'ChatMessage.sql');
  const statement = `INSERT INTO ChatMessage (id, "sessionId", "senderId", content, timestamp) VALUES `;
  const values = rows.map(
    ({ _id, sessionId, senderId, content, timestamp }) =>
      `${statement}('${_id}', '${sessionId}', '${senderId}', '${content}', ${timestamp});`,
  );
  writeFileSync(file, values.join('\n'));
  const told = await source.run('001', {}, file);
  t.match(told, { code: 0, messages: COUNT, skipped: 0 });
  t.notOk(existsSync(join(source.data, 'index-in-progress.db')));
});
