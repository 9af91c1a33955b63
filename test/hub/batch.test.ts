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
  const { hub, done, line } = lines(5);
  hub.batch(() => {
    hub.deliver(line(1), frame);
    hub.corkAnswer(line(2));
    hub.deliver(line(3), frame);
    hub.deliver(line(5), frame);
    hub.deliver(line(5), frame);
    // One that heard something is answered too, and another one hears something after its answer.
    hub.corkAnswer(line(3));
    hub.corkAnswer(line(4));
    hub.deliver(line(4), frame);
    hub.corkAnswer(line(4));
  });
  t.same(done.slice(0, 5), ['cork 2', 'cork 3', 'write 3', 'cork 4', 'write 4'], 'in the order of the batch');
  const ones = ['write 1', 'cork 5', 'write 5', 'write 5', 'uncork 5'];
  t.same(done.slice(5), ['uncork 2', 'uncork 3', 'uncork 4', ...ones]);
  t.end();
});

t.test('who is dismissed has heard what came before, and who is gone is written nothing', (t) => {
  const { hub, done, line } = lines(2);
  hub.batch(() => {
    hub.deliver(line(1), frame);
    hub.dismiss(line(1), 4003);
    hub.deliver(line(1), frame);
    hub.deliver(line(2), frame);
    hub.remove(line(2));
  });
  t.same(done, ['write 1', 'end 1']);
  t.end();
});

t.test('where no batch is published, nothing is gathered', (t) => {
  const { hub, done, line } = lines(2);
  hub.corkAnswer(line(1));
  hub.deliver(line(2), frame);
  t.same(done, ['write 2']);
  t.end();
});
