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

t.test('what the admins set is told at once, and again after a restart', async (t) => {
  const first = await startApp(t);
  const look = { accent: '#123456' };
  await (await first.admin()).request('PATCH', 'settings', { look, away: 'Back on Monday', typingText: true });
  t.match((await first.request('GET', 'widget/config')).body, { look, away: 'Back on Monday', typingText: true });
  await first.stop();
  const again = await startApp(t, {}, { folder: first.folder });
  t.match((await again.request('GET', 'widget/config')).body, { look, away: 'Back on Monday', typingText: true });
});
