/** Nothing that was under way when somebody was erased writes anything of them down again. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { by, openWorld } from '../world.ts';

t.test('not what a bot asked them, nor when they were last there', async (t) => {
  const world = openWorld(t);
  const [ann, bob, ada] = [world.user('ann'), world.user('bob', 'agent'), world.user('ada', 'admin')];
  const bot = world.user('bot', 'bot');
  const conversation = randomUUIDv7();
  await world.writer.submit({
    type: 'conversation.create',
    by: by(bob),
    beginning: { id: conversation, ip: null, userAgent: null, context: {} },
    kind: 'support',
    subject: null,
    customer: { uuid: ann.uuid },
    queue: 'agent',
    assignee: { uuid: bot.uuid },
  });
  await world.send(ann, { conversation }, 'My number is 555 0100.');
  const { $client: file } = world.store.reader;
  const turn = { conversation, turn: file.prepare('select id from turns').pluck().get() as number, bot: bot.id };
  await world.writer.submit({ type: 'turn.begin', ...turn });
  await world.writer.submit({ type: 'user.erase', by: by(ada), user: ann.uuid, known: ann.id, admins: [ada.id] });
  world.published.length = 0;
  const fields = { phone: '555 0100' };
  await world.writer.submit({
    type: 'turn.answer',
    ...turn,
    id: randomUUIDv7(),
    content: 'Thank you.',
    state: null,
    quickReplies: null,
    actions: { handover: null, close: false, tags: [], fields },
  });
  // Their last line is gone a moment after it was ended.
  await world.writer.submit({ type: 'user.seen', user: ann.id, session: null, expiresAt: null });
  const left = file.prepare('select name, fields, last_seen_at from users where id = ?').get(ann.id);
  t.same(left, { name: null, fields: '{}', last_seen_at: null });
  t.same(
    world.published.filter(({ type }) => type === 'user'),
    [],
    'nor is anybody told',
  );
});
