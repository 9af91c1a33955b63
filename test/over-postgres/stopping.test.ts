/** A server that is told to stop while PostgreSQL keeps it waiting: who is answered late keeps no connection afterwards. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { startApp } from '../helper.ts';

t.setTimeout(120_000);
const postgres = noPostgres ? null : await startPostgres(t);

const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

t.test('an answer that comes when nobody is let in any more ends its connection', { skip: noPostgres }, async (t) => {
  const database = (await postgres?.database()) ?? '';
  const app = await startApp(t, { database });
  const visitor = await app.visitor();
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  const said = text(socket);
  let stopped: Promise<void> | undefined;
  await queried(database, async (turn) => {
    // No batch is written meanwhile.
    await turn.query('begin; select from meta for update');
    const body = JSON.stringify({ to: 'support', message: { content: 'Late' } });
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nHost: parley\r\nAuthorization: Bearer ${visitor.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await queried(database, async (watch) => {
      while ((await watch.query(WAITING)).rowCount === 0);
    });
    stopped = app.stop();
    while (app.app.server.listening) await new Promise((resolve) => setImmediate(resolve));
    await turn.query('commit');
  });
  t.match(await said, /^HTTP\/1\.1 201 Created\r\n[\s\S]*\r\nconnection: close\r\n/i);
  await stopped;
});
