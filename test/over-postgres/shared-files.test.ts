/** Two servers of one database, whose files are in one folder or one bucket: what one brings the other gives and removes. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config.ts';
import { nameOf } from '../../src/files/place.ts';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { startBucket } from '../files/s3-store.ts';
import { type Actor, startApp, type TestApp } from '../helper.ts';
import { download, upload } from '../http/form.ts';

t.setTimeout(240_000);
const postgres = noPostgres ? null : await startPostgres(t);

interface Shared {
  settings: Partial<Config>;
  /** The names of the files that are kept, or come or go. */
  names: () => string[];
  /** Loses the bytes of a hash. */
  lose: (hash: string) => void;
}

function sharedFolder(t: Test): Shared {
  const files = join(tempFolder(t), 'share');
  mkdirSync(files);
  const names = () =>
    readdirSync(files, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'parley')
      .map(({ name }) => name);
  return { settings: { files }, names, lose: (hash) => rmSync(join(files, nameOf(hash))) };
}

async function sharedBucket(t: Test): Promise<Shared> {
  const bucket = await startBucket(t, 'both');
  const names = () =>
    bucket
      .keys()
      .filter((key) => key !== 'both/parley')
      .map((key) => key.slice(-64));
  return { settings: bucket.settings, names, lose: (hash) => rmSync(bucket.pathOf(`both/${nameOf(hash)}`)) };
}

/** Asks until it is so: what goes beside the answer. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');
const at = (app: TestApp, { token, user }: Actor) => app.actor(token, user);
const textAt = async (app: TestApp, { token }: Actor, id: string) => {
  const { status, bytes } = await download(app, token, id);
  return status === 200 ? bytes.toString() : status;
};

for (const [name, make] of Object.entries({ 'one folder': sharedFolder, 'one bucket': sharedBucket })) {
  t.test(`two servers share ${name}`, { skip: noPostgres }, async (t) => {
    const [shared, database] = [await make(t), (await postgres?.database()) ?? ''];
    const settings = { ...shared.settings, database };
    const one = await startApp(t, settings, { folder: tempFolder(t) });
    const visitor = await one.visitor();
    const send = async (app: TestApp, id: string) => {
      const message = { to: 'support', message: { attachments: [id] } };
      return (await at(app, visitor).request('POST', 'messages', message)).body;
    };
    const remove = (app: TestApp, message: { conversationId: string; id: string }) =>
      at(app, visitor).request('DELETE', `conversations/${message.conversationId}/messages/${message.id}`);

    const early = await upload(one, visitor, 'early');
    const other = await startApp(t, settings, { folder: tempFolder(t) });
    t.equal(await textAt(other, visitor, early.id), 'early', 'a second one takes nothing away that is the first’s');
    const sent = await send(other, early.id);
    t.equal(await textAt(one, visitor, early.id), 'early');
    t.equal((await remove(other, sent)).status, 200);
    await until(() => shared.names().length === 0);
    t.equal(await textAt(one, visitor, early.id), 404);

    for (let round = 0; round < 12; round += 1) {
      const [brings, removes] = round % 2 === 0 ? [one, other] : [other, one];
      const message = await send(brings, (await upload(brings, visitor, 'again')).id);
      const [again] = await Promise.all([upload(brings, visitor, 'again'), remove(removes, message)]);
      const got = await textAt(removes, visitor, again.id);
      if (got !== 'again') t.fail(`round ${round}: ${got}`);
      await remove(brings, await send(removes, again.id));
    }
    await until(() => shared.names().length === 0);

    const kept = await upload(one, visitor, 'kept');
    shared.lose(sumOf('kept'));
    t.equal(await textAt(other, visitor, kept.id), 404);
    await upload(other, visitor, 'kept');
    t.equal(await textAt(one, visitor, kept.id), 'kept', 'the same bytes again bring it back');
    await one.stop();
    t.equal(await textAt(other, visitor, kept.id), 'kept');
  });
}
