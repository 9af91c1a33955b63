/** What comes after the commit may fail: an acknowledgement stays one, and nobody else misses anything for it. */
import t, { type Test } from 'tap';
import type { Change } from '../../src/chat/change.ts';
import { decider, want } from '../../src/chat/decide/judge.ts';
import { Rates } from '../../src/chat/decide/rates.ts';
import type { Publication } from '../../src/chat/publication.ts';
import { publisher } from '../../src/chat/publish.ts';
import { Hub } from '../../src/hub/hub.ts';
import { Line, type Outlet } from '../../src/hub/line.ts';
import type { Event } from '../../src/protocol/events.ts';
import type { Message } from '../../src/protocol/message.ts';
import { LIMITS, openWorld, sendChange } from '../world.ts';

class Ear implements Outlet {
  readonly heard: Event[] = [];
  readonly gathering: string[] = [];
  ended: number | null = null;
  write({ event }: Parameters<Outlet['write']>[0]): void {
    this.heard.push(event);
  }
  cork(): void {
    this.gathering.push('cork');
  }
  uncork(): void {
    this.gathering.push('uncork');
  }
  end(code: number): void {
    this.ended = code;
  }
}

function failing(method: keyof Outlet): Ear {
  const ear = new Ear();
  ear[method] = () => {
    throw new Error(`this outlet cannot ${method}`);
  };
  return ear;
}

/** Two who write to each other, the rules over a real file, and a hub that tells what went wrong. */
function open(t: Test, told: (publication: Publication) => void = () => {}) {
  const world = openWorld(t);
  const failures: string[] = [];
  const hub = new Hub((error) => failures.push((error as Error).message));
  const onError = (error: unknown) => failures.push((error as Error).message);
  const writer = world.store.openWriter<Change, Publication>({
    want,
    decide: decider(LIMITS, new Rates(() => performance.now())),
    publish: publisher(hub, told, onError),
  });
  const [ann, ben] = [world.user('ann'), world.user('ben')];
  const follow = (user: typeof ann, outlet: Outlet) => {
    const line = new Line({ user: user.id, role: user.role, session: null }, outlet);
    hub.add(line);
    return line;
  };
  const send = (content: string) =>
    writer.submit<{ message: Message }>(sendChange(ann, { user: { uuid: ben.uuid } }, content));
  return { hub, failures, follow, send, ann, ben };
}

const types = ({ heard }: Ear) => heard.map(({ type }) => type);

for (const method of ['write', 'cork', 'uncork'] as const) {
  t.test(
    `a line that cannot ${method} is ended, and the send is acknowledged and heard by everybody else`,
    async (t) => {
      const { hub, failures, follow, send, ann, ben } = open(t);
      const broken = failing(method);
      const [before, after, own] = [new Ear(), new Ear(), new Ear()];
      follow(ben, before);
      const line = follow(ben, broken);
      follow(ben, after);
      follow(ann, own);
      // Three in one batch: what fails at the first must not take the others along.
      const sent = await Promise.all([send('one'), send('two'), send('three')]);
      t.same(
        sent.map(({ message }) => message.seq),
        [1, 2, 3],
      );
      t.same(failures, [`this outlet cannot ${method}`], 'it is told once');
      t.equal(broken.ended, 4000, 'the line is told to come back and sync');
      t.notOk(hub.ofUser(ben.id).includes(line));
      const whole = ['conversation.created', 'message.created', 'message.created', 'message.created'];
      for (const ear of [before, after, own]) {
        t.same(types(ear), whole);
        t.same(ear.gathering, ['cork', 'uncork'], 'and is not left corked');
      }
    },
  );
}

t.test('a line that can neither write nor end is forgotten all the same', async (t) => {
  const { hub, failures, follow, send, ben } = open(t);
  const broken = failing('write');
  broken.end = failing('end').end;
  const line = follow(ben, broken);
  const ear = new Ear();
  follow(ben, ear);
  t.equal((await send('one')).message.seq, 1);
  t.equal((await send('two')).message.seq, 2);
  t.same(failures, ['this outlet cannot write', 'this outlet cannot end']);
  t.notOk(hub.ofUser(ben.id).includes(line));
  t.equal(ear.heard.length, 3);
});

t.test('whoever is told of publications and throws changes no acknowledgement and no delivery', async (t) => {
  let calls = 0;
  const { failures, follow, send, ben } = open(t, () => {
    calls += 1;
    throw new Error('told in vain');
  });
  const ear = new Ear();
  follow(ben, ear);
  const sent = await Promise.all([send('one'), send('two')]);
  t.same(
    sent.map(({ message }) => message.seq),
    [1, 2],
  );
  t.same(types(ear), ['conversation.created', 'message.created', 'message.created']);
  t.equal(calls, 3);
  t.same(failures, ['told in vain', 'told in vain', 'told in vain']);
});
