import t from 'tap';
import { WidgetConfig } from '../../src/protocol/widget-config.ts';
import { startApp } from '../helper.ts';
import { conforms } from '../protocol/conforms.ts';

t.test('a page learns the limits and whether the team is there, and nobody by name', async (t) => {
  const server = await startApp(t, { maxLength: 1234 });
  const before = await server.request('GET', 'widget/config');
  t.equal(before.status, 200);
  t.equal(conforms(WidgetConfig, before.body), null);
  t.match(before.body, { limits: { maxLength: 1234 }, open: true, team: 'offline' });
  const line = await (await server.member('agent', 'bob')).connect();
  t.match((await server.request('GET', 'widget/config')).body, { team: 'online', offered: [] });
  line.socket.close();
});
