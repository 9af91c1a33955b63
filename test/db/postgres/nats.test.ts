/** What servers say to each other, carried by a real NATS server beside a real PostgreSQL. */
import { EventEmitter, once } from 'node:events';
import t from 'tap';
import { serve } from './house.ts';
import { noNats, startNats } from './nats-server.ts';
import { noPostgres, startPostgres } from './server.ts';

t.setTimeout(240_000);
const skip = { skip: noPostgres || noNats };

t.test('what one says others hear in its order, and after NATS was away all is told anew', skip, async (t) => {
  const postgres = await startPostgres(t);
  const nats = await startNats(t);
  const url = await postgres.database();
  const events = new EventEmitter();
  const until = async (holds: () => boolean) => {
    while (!holds()) await once(events, 'event');
  };
  const start = async () => {
    const { bus } = (await serve(t, url, { bus: nats.url })).store;
    const heard: unknown[] = [];
    const came: string[] = [];
    bus.hear('x', (body) => events.emit('event', heard.push(body)));
    bus.watch((names) => events.emit('event', came.push(...names)));
    return { bus, heard, came };
  };
  const a = await start();
  const b = await start();
  await until(() => a.came.length === 1 && b.came.length === 1);
  const long = 'ä'.repeat(20_000);
  const said = [...Array.from({ length: 100 }, (_, n) => n), long];
  for (const one of said) a.bus.tell('x', one);
  b.bus.tell('x', 'back');
  await until(() => b.heard.length === said.length && a.heard.length === 1);
  t.same([a.heard, b.heard], [['back'], said], 'in order, and nobody hears oneself');

  // Nobody but those of this database.
  const elsewhere = await postgres.database();
  const { bus: stranger } = (await serve(t, elsewhere, { bus: nats.url })).store;
  stranger.hear('x', () => t.fail('what another database says is heard'));

  await nats.stop();
  await nats.start();
  // Each comes back under another name, for the other may lack what it said.
  await until(() => a.came.includes(b.bus.server) && b.came.includes(a.bus.server) && a.came.length > 1);
  const before = b.heard.length;
  a.bus.tell('x', 'again');
  await until(() => b.heard.length > before);
  t.equal(b.heard.at(-1), 'again');
});

t.test('where NATS cannot be used the start says so, without the password', skip, async (t) => {
  const postgres = await startPostgres(t);
  const nats = await startNats(t);
  const url = await postgres.database();
  const wrong = nats.url.replace(/:[^:@]*@/, ':another@');
  await t.rejects(serve(t, url, { bus: wrong }), {
    name: 'StartError',
    message: /^The NATS server on 127\.0\.0\.1 cannot be used \((?!.*another).*\)\.$/,
  });
  await nats.stop();
  await t.rejects(serve(t, url, { bus: nats.url }), { name: 'StartError' });
});
