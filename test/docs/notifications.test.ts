/** Runs docs/notifications.md. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { startApp } from '../helper.ts';
import { follow } from './page.ts';

const page = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8').replace(
  /```sh\nPARLEY_SMTP_URL.*?```/s,
  '',
);

t.test('docs/notifications.md says what the server does', async (t) => {
  const app = await startApp(t);
  const { token } = await app.admin();
  const { answered } = await follow(t, page, { PARLEY: app.url, ADMIN: token });
  t.equal(answered, 3);
});
