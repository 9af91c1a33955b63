/** Killed in the middle of telling, the server tells the rest after its next start: no event is missing, in any order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { rowsBeside } from '../../database.ts';
import { callers } from '../../helper.ts';
import { startServer } from '../../life/server-process.ts';
import { type Hook, register, startHook } from './hook.ts';

const CONVERSATIONS = 5;
const ROUNDS = 3;
const MESSAGES = 40;
const SETTINGS = { PARLEY_OUTBOUND_ALLOW: '127.0.0.1', PARLEY_WEBHOOK_RETRY_MS: '100' };

/** What came of each conversation: the revs in the order in which they came first. */
function revsOf({ told }: Hook): Map<string, number[]> {
  const revs = new Map<string, number[]>();
  for (const { body } of told) {
    const those = revs.get(body.conversationId) ?? [];
    if (!those.includes(body.rev)) revs.set(body.conversationId, [...those, body.rev]);
  }
  return revs;
}

/** Everything that the file says happened, without what only the team hears. */
async function revsIn(folder: string): Promise<Map<string, number>> {
  const rows = await rowsBeside(folder, "select uuid, rev from conversations where kind = 'support'");
  return new Map(rows.map(({ uuid, rev }) => [String(uuid), Number(rev)]));
}

function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-hooks-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

t.test('kill -9', async (t) => {
  const folder = tempFolder(t);
  const hook = await startHook(t);
  // Slow enough that a kill finds something under way.
  hook.answer = (_told, response) => setImmediate(() => response.writeHead(204).end());
  let tokens: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const server = await startServer(t, folder, SETTINGS);
    const app = callers(t, server.url);
    if (round === 1) {
      await register(await app.admin(), hook);
      tokens = await Promise.all(Array.from({ length: CONVERSATIONS }, async () => (await app.visitor()).token));
    }
    const before = hook.told.length;
    const writing = tokens.map(async (token) => {
      for (let count = 0; count < MESSAGES; count += 1) {
        const body = { to: 'support', message: { content: `${round}.${count}` } };
        await app.request('POST', 'messages', body, token);
      }
    });
    const cut = Promise.allSettled(writing);
    await hook.until(before + 20);
    await server.end('SIGKILL');
    await cut;
  }
  const last = await startServer(t, folder, SETTINGS);
  const expected = await revsIn(folder);
  const whole = [...expected.values()].reduce((sum, rev) => sum + rev, 0);
  const dense = (revs: readonly number[] | undefined) => revs?.every((rev, index) => rev === index + 1) === true;
  await hook.until(1, () => {
    const revs = revsOf(hook);
    return [...expected].every(([conversation, rev]) => revs.get(conversation)?.length === rev);
  });
  for (const [conversation, rev] of expected) {
    const revs = revsOf(hook).get(conversation);
    t.equal(revs?.length, rev, 'no event is missing');
    t.ok(dense(revs), 'each came first in its order');
  }
  t.ok(expected.size === CONVERSATIONS && whole > 10 * ROUNDS, `${whole} events, ${hook.told.length} told`);
  t.same(await last.end('SIGTERM'), [0, null], 'told to stop, it stops in order');
});
