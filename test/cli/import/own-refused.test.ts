/** Records of an export that are not what `parley export` writes: each is left out and told, the others come in. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { countBeside } from '../../database.ts';
import type { Body } from '../../helper.ts';
import { startApp } from '../../helper.ts';
import { runParley } from '../parley.ts';

t.setTimeout(300_000);

t.test('what is wrong in an export costs itself', async (t) => {
  const work = t.testdir();
  const here = await startApp(t);
  const admin = await here.admin();
  const made = await admin.request('POST', 'bots', { name: 'Robot', engine: 'webhook', url: 'https://bot.example/' });
  t.equal(made.status, 201);
  const visitor = await here.visitor();
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const exported = await runParley(['export', '--data', here.folder]);
  t.equal(exported.code, 0, exported.err);
  const [head = '', ...rest] = exported.out.trim().split('\n');

  const [file, data] = [join(work, 'parley.jsonl'), join(work, 'data')];
  const bring = async (...lines: string[]) => {
    writeFileSync(file, `${lines.join('\n')}\n`);
    const { code, out, err } = await runParley(['import', file, '--from', 'parley', '--data', data, '--json']);
    return { code, err, told: out === '' ? null : JSON.parse(out) };
  };
  t.match(await bring(JSON.stringify({ ...JSON.parse(head), version: 99 }), ...rest), {
    code: 4,
    err: /written by another Parley/,
  });
  const nobody = '5d1c3a52-6a0e-4e3b-9a3e-0d9a3f6b7c11';
  const { code, told } = await bring(
    head,
    '{"type":"file","hash":"../../secret","size":1,"avatar":null,"createdAt":1}',
    '{"type":"planet"}',
    `{"type":"bot","user":"${nobody}"}`,
    `{"type":"message","conversation":"${nobody}"}`,
    ...rest,
  );
  t.equal(code, 7);
  t.match(told, { conversations: 1, messages: 1, skipped: 4 });
  t.same(
    told.reasons.map(({ reason, places }: Body) => [reason, places]),
    [
      ['a file is not named by its hash', ['parley.jsonl:2']],
      ['it is of no kind that is known here', ['parley.jsonl:3']],
      ['it speaks of a user who is not there', ['parley.jsonl:4']],
      ['its conversation is not before it', ['parley.jsonl:5']],
    ],
  );

  const changed = (of: string, more: object) =>
    rest.map((line) => {
      const record = JSON.parse(line);
      return record.type === of && record.kind !== 'side' ? JSON.stringify({ ...record, ...more }) : line;
    });
  const again = async (of: string, more: object) => (await bring(head, ...changed(of, more))).told;
  t.match(await again('conversation', { rev: 99 }), {
    messages: 0,
    reasons: [{ reason: 'the conversation is here already, in another state' }],
  });
  t.match(await again('message', { uuid: nobody }), {
    messages: 0,
    reasons: [{ reason: 'the conversation is here already, with other messages' }],
  });

  t.equal(await countBeside(data, 'bots'), 1, 'a bot comes along');
  t.equal(await countBeside(data, 'conversations', "kind <> 'side'"), 1);
  t.equal(await countBeside(data, 'messages'), 1, 'and nothing half');
});
