/** Another chat's files, brought in: beside bare inserts of the rows that come of them. */
import type { Bench } from '../bench.ts';
import { medianOf } from '../median.ts';
import type { Child } from '../process/child.ts';
import { directFile, type Kept, supportFiles } from '../seed/kept-files.ts';
import { makeFile } from '../seed/seed.ts';
import type { SameRows } from '../servers/same-rows.ts';
import { runParley, startSameRows } from '../servers/start.ts';
import { count, percent, type Section } from '../table.ts';

/** Messages a second of `parley import`, and of bare inserts without and with the search index. */
interface Round {
  import: number;
  rows: number;
  indexed: number;
}

export async function bringingIn(bench: Bench): Promise<Section> {
  const { imported: messages } = bench.size;
  bench.log(`  writing files of ${count(messages)} messages`);
  const files = bench.folder();
  const sources = new Map<string, { kept: Kept; rounds: Round[] }>([
    ['JSON lines of support sessions', { kept: supportFiles(files, messages), rounds: [] }],
    ['CSV of direct messages', { kept: directFile(files, messages), rounds: [] }],
  ]);
  const bare = startSameRows();
  await bench.rounds(async () => {
    for (const { kept, rounds } of sources.values()) rounds.push(await measure(bench, bare, kept, messages));
  });
  await bare.stop();
  return {
    title: 'Bringing in another chat',
    about: `\`parley import\` of files of ${count(messages)} messages of twelve words into an empty folder, from the start of the
process to its end: read, put in order, laid down, indexed for the search, and on the disk. It has all cores of the machine.`,
    tables: [
      {
        head: ['', 'messages/s', 'rows/s', 'of rows', 'rows and index/s', 'of rows and index'],
        rows: [...sources].map(([name, { rounds }]) => [
          name,
          count(medianOf(rounds, (round) => round.import)),
          count(medianOf(rounds, ({ rows }) => rows)),
          percent(medianOf(rounds, (round) => round.import / round.rows)),
          count(medianOf(rounds, ({ indexed }) => indexed)),
          percent(medianOf(rounds, (round) => round.import / round.indexed)),
        ]),
      },
    ],
    notes: [
      `**rows**: bare better-sqlite3 inserting the rows that came of it, messages a second, with its people and conversations
beside them; **and index**: and the search index made of them.`,
      'Aim: 20,000 messages/s.',
    ],
  };
}

async function measure(bench: Bench, bare: Child, kept: Kept, messages: number): Promise<Round> {
  const from = bench.folder();
  const began = performance.now();
  await runParley(['import', ...kept, '--data', from]);
  const rate = (ms: number) => (messages * 1000) / ms;
  const round = { import: rate(performance.now() - began), rows: 0, indexed: 0 };
  for (const [name, search] of [
    ['rows', false],
    ['indexed', true],
  ] as const) {
    const to = bench.folder();
    await makeFile(to);
    round[name] = rate(await bare.ask<number>('sameRows', { from, to, search } satisfies SameRows));
  }
  return round;
}
