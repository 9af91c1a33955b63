/** Commands on a data folder whose files are in a bucket: what they copy, and what they bring there. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { nameOf } from '../../src/files/place.ts';
import { startBucket } from '../files/s3-store.ts';
import { startApp } from '../helper.ts';
import { download, upload } from '../http/form.ts';
import { runParley } from './parley.ts';

const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');

t.test('backup, check, restore, export and import', async (t) => {
  const [bucket, folder] = [await startBucket(t), t.testdir()];
  const other = await startBucket(t);
  const envOf = ({ settings }: typeof bucket, data: string) => ({
    PARLEY_DATA: data,
    PARLEY_FILES: settings.files,
    PARLEY_S3_ENDPOINT: settings.s3Endpoint ?? '',
    PARLEY_S3_KEY_ID: 'S3RVER',
    PARLEY_S3_SECRET_KEY: 'S3RVER',
  });
  const data = join(folder, 'data');
  const env = envOf(bucket, data);
  const first = await startApp(t, bucket.settings, { folder: data });
  const visitor = await first.visitor();
  const { id } = await upload(first, visitor, 'kept');
  const sent = await visitor.request('POST', 'messages', { to: 'support', message: { attachments: [id] } });
  t.equal(sent.status, 201);
  await first.stop();
  const object = bucket.pathOf(`chat/files/${nameOf(sumOf('kept'))}`);

  const made = await runParley(['backup', join(folder, 'backups'), '--json'], env);
  t.equal(made.code, 0, made.err);
  const { path, files, missing } = JSON.parse(made.out);
  t.same([files, missing], [1, []]);
  t.equal(readFileSync(join(path, 'files', nameOf(sumOf('kept'))), 'utf8'), 'kept');
  const whole = await runParley(['check', '--json'], env);
  t.match(JSON.parse(whole.out), { ok: true, files: 1, strayFiles: 0 });

  const exported = await runParley(['export', join(folder, 'export')], env);
  t.equal(exported.code, 0, exported.err);
  t.equal(readFileSync(join(folder, 'export', 'files', nameOf(sumOf('kept'))), 'utf8'), 'kept');
  const imported = await runParley(
    ['import', '--from', 'parley', join(folder, 'export', 'parley.jsonl')],
    envOf(other, join(folder, 'imported')),
  );
  t.equal(imported.code, 0, imported.err);
  t.same(other.keys(), [`chat/files/${nameOf(sumOf('kept'))}`]);
  t.same(readdirSync(join(folder, 'imported', 'files', 'incoming')), []);

  writeFileSync(object, randomBytes(4));
  const stray = bucket.pathOf(`chat/files/${nameOf(sumOf('stray'))}`);
  mkdirSync(dirname(stray), { recursive: true });
  writeFileSync(stray, 'stray');
  const spoilt = await runParley(['check', '--json'], env);
  t.equal(spoilt.code, 6);
  t.match(JSON.parse(spoilt.out), { findings: [{ what: /is not what it was/ }], strayFiles: 1 });

  rmSync(data, { recursive: true });
  const restored = await runParley(['restore', path], env);
  t.equal(restored.code, 0, restored.err);
  t.same(readdirSync(join(data, 'files'), { recursive: true }), ['incoming'], 'nothing of them is here');
  t.equal(readFileSync(object, 'utf8'), 'kept');
  const second = await startApp(t, bucket.settings, { folder: data });
  t.equal((await download(second, visitor.token, id)).bytes.toString(), 'kept', 'sessions and files go on');
  await second.stop();

  await bucket.stop();
  const away = await runParley(['backup', join(folder, 'backups')], env);
  t.equal(away.code, 4);
  t.match(
    away.err,
    /\nparley: The bucket s3:\/\/parley-files\/chat\/files at .+ cannot be reached \(ECONNREFUSED\)\.\n$/,
  );
  t.equal(readdirSync(join(folder, 'backups')).length, 1, 'half of one is not left behind');
});
