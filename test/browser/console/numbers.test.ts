/** The numbers by assignee and by tag are those of the server, however few of its conversations the page holds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { Seed } from '../../../bench/seed/seed.ts';
import { openHouse } from './house.ts';

/** More than two pages of a list. */
const CONVERSATIONS = 230;

t.setTimeout(120_000);

/** Lays them down before the server opens them. @returns their ids, the oldest first */
async function seedMany(folder: string): Promise<string[]> {
  const seed = await Seed.in(folder);
  const aiko = seed.person('agent', 'Aiko', false);
  seed.person('agent', 'Bea', false);
  const ids: string[] = [];
  for (let made = 1; made <= CONVERSATIONS; made++) {
    const customer = seed.person('user', `Customer ${made}`, false);
    const thread = seed.support(customer, aiko, 'open');
    seed.write(thread, customer, `Where is parcel ${made}?`);
    seed.put(thread);
    ids.push(thread.uuid);
  }
  seed.end();
  return ids;
}

t.test('numbers', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-numbers-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const ids = await seedMany(folder);
  const house = await openHouse(t, {}, { folder });
  await house.member('agent', 'jonas');
  const admin = await house.admin();
  const change = (place: number, body: object) => admin.request('PATCH', `conversations/${ids[place]}`, body);
  for (const place of [0, 1]) await change(place, { tags: ['lost'] });

  const page = await house.console('jonas');
  const number = async (name: string, count: number) => {
    const entry = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name });
    await entry.locator('.side-count').getByText(`${count}`, { exact: true }).waitFor();
  };

  await t.test('from the first moment', async (t) => {
    // No page of a list comes in: what is held is what the welcome told, its newest 20.
    await page.route(/\/v1\/conversations\?/, () => {});
    await page.reload();
    await number('Aiko', CONVERSATIONS);
    await number('lost', 2);
    t.equal(await page.getByRole('link', { name: 'Bea' }).count(), 0, 'who answers nothing is not there');
  });

  await t.test('and live: of what the page never held, too', async () => {
    await change(0, { status: 'closed' });
    await number('Aiko', CONVERSATIONS - 1);
    await number('lost', 1);
    const bea = (await admin.request('GET', 'users?role=agent')).body.items.find(
      ({ name }: { name: string }) => name === 'Bea',
    );
    await change(1, { assigneeId: bea.id });
    await number('Aiko', CONVERSATIONS - 2);
    await number('Bea', 1);
    await change(2, { snoozedUntil: new Date(Date.now() + 3_600_000).toISOString() });
    await number('Aiko', CONVERSATIONS - 3);
    await admin.request('DELETE', `conversations/${ids[1]}`);
    await page.getByRole('link', { name: 'lost' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Bea' }).waitFor({ state: 'detached' });
    await page.unroute(/\/v1\/conversations\?/);
    await page.reload();
    await page.getByRole('link', { name: 'Aiko' }).click();
    await page.getByRole('heading', { name: `Aiko ${CONVERSATIONS - 3}` }).waitFor();
  });
});
