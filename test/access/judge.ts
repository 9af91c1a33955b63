/** Asks a row of a table of a running server: one operation, by one door, of everybody. */
import { randomUUIDv7 } from 'node:crypto';
import type { TestLine } from '../line.ts';
import type { Asked } from './ask.ts';
import type { Cast } from './cast.ts';
import type { Operation, Place } from './operations.ts';
import { columns, type Kind, type Scene, sceneMaker } from './scenes.ts';

export interface Cell {
  column: string;
  expected: string;
}

/** Null: as expected, without asking. */
export type Ask = (place: Place, column: string) => Promise<Asked | null>;

export interface Judged {
  /** What came of it, by column. */
  outcomes: Record<string, string>;
  /** Whether what was to be refused left everything as it was. */
  untouched: boolean;
  /** Whether who was told 404 is told the same, to the byte, where there is no such conversation. */
  alike: boolean;
}

export function judgeFor(cast: Cast) {
  const makeScene = sceneMaker(cast);
  const scenes = new Map<string, Promise<Scene>>();
  const lines = new Map<string, Promise<TestLine>>();
  const { guest, agent } = cast.people;

  /** A scene serves until something succeeded that makes it another. */
  function sceneOf(kind: Kind, column: string): Promise<Scene> {
    const key = `${kind} ${column}`;
    const scene = scenes.get(key) ?? makeScene(kind, columns[column] ?? { who: 'customer' });
    scenes.set(key, scene);
    return scene;
  }

  /** Of an operation that is about a message which is not there, null. */
  function placeIn(scene: Scene, operation: Operation, column: string): Place | null {
    const self = columns[column] === undefined ? '' : cast.people[columns[column].who].user.id;
    const own = scene.messages.get(self);
    const message = operation.message === 'own' ? own : [...scene.messages].find(([user]) => user !== self)?.[1];
    if (operation.message !== undefined && message === undefined) return null;
    return { scene, self, message: message ?? '', guest: guest.user.id, agent: agent.user.id };
  }

  async function judge(kind: Kind, operation: Operation, { column, expected }: Cell, ask: Ask): Promise<Asked> {
    const place = placeIn(await sceneOf(kind, column), operation, column);
    if (place === null) return { outcome: '-', text: '' };
    const asked = await ask(place, column);
    if (asked?.outcome === 'ok' && operation.spoils) scenes.delete(`${kind} ${column}`);
    return asked ?? { outcome: expected, text: '' };
  }

  async function judgeNothing({ column }: Cell, ask: Ask): Promise<Asked | null> {
    const user = guest.user.id;
    const scene = { id: randomUUIDv7(), messages: new Map(), file: randomUUIDv7(), users: [user] };
    return ask({ scene, self: user, message: randomUUIDv7(), guest: user, agent: agent.user.id }, column);
  }

  return {
    /** All that is to be refused is asked at once; then what is to be done. */
    async row(kind: Kind, operation: Operation, cells: readonly Cell[], ask: Ask): Promise<Judged> {
      await Promise.all(cells.map(({ column }) => sceneOf(kind, column)));
      const before = await cast.kept();
      const refused = cells.filter(({ expected }) => expected !== 'ok');
      const found = await Promise.all(refused.map((cell) => judge(kind, operation, cell, ask)));
      const index = found.findIndex(({ outcome }) => outcome === '404');
      const nothing = index < 0 ? null : await judgeNothing(refused[index] as Cell, ask);
      const untouched = (await cast.kept()) === before;
      const done = cells.filter(({ expected }) => expected === 'ok');
      found.push(...(await Promise.all(done.map((cell) => judge(kind, operation, cell, ask)))));
      const outcomes = [...refused, ...done].map(({ column }, at) => [column, found[at]?.outcome]);
      return {
        outcomes: Object.fromEntries(outcomes) as Record<string, string>,
        untouched,
        alike: nothing === null || (nothing.outcome === '404' && nothing.text === found[index]?.text),
      };
    },

    /** The line of a column's user, open once for all rows. */
    lineOf(column: string): Promise<TestLine> {
      const who = columns[column]?.who ?? 'visitor';
      const line = lines.get(who) ?? cast.people[who].connect();
      lines.set(who, line);
      return line;
    },
  };
}
