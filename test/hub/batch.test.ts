import t from 'tap';
import { Frame } from '../../src/hub/frame.ts';
import { Hub } from '../../src/hub/hub.ts';
import { Line } from '../../src/hub/line.ts';

/** Lines of the users 1, 2, 3 …, and what is done to them, in its order. */
function lines(count: number) {
  const hub = new Hub();
  const done: string[] = [];
  const all = Array.from({ length: count }, (_, place) => {
    const outlet = {
      write: () => done.push(`write ${place + 1}`),
      cork: () => done.push(`cork ${place + 1}`),
      uncork: () => done.push(`uncork ${place + 1}`),
      end: () => done.push(`end ${place + 1}`),
    };
    const line = new Line({ user: place + 1, role: 'user', session: null }, outlet);
    hub.add(line);
    return line;
  });
  return { hub, done, line: (user: number) => all[user - 1] as Line };
}

const frame = new Frame({ type: 'conversation.removed', conversationId: 'here' });

t.test('who asked is answered before others hear, each in one piece', (t) => {
  const { hub, done, line } = lines(4);
  hub.batch(() => {
    hub.deliver(line(1), frame);
    hub.corkAnswer(line(2));
    hub.deliver(line(3), frame);
    // One that heard something is answered too, and another one hears something after its answer.
    hub.corkAnswer(line(3));
    hub.corkAnswer(line(4));
    hub.deliver(line(4), frame);
    hub.corkAnswer(line(4));
  });
  const [before, after] = [done.slice(0, -4), done.slice(-4)];
  t.same(before.filter((one) => one.startsWith('cork')).sort(), ['cork 1', 'cork 2', 'cork 3', 'cork 4'], 'once each');
  t.same(after, ['uncork 2', 'uncork 3', 'uncork 4', 'uncork 1']);
  t.end();
});

t.test('where no batch is published, nothing is gathered', (t) => {
  const { hub, done, line } = lines(2);
  hub.corkAnswer(line(1));
  hub.deliver(line(2), frame);
  t.same(done, ['write 2']);
  t.end();
});
