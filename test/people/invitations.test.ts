/** Whoever is invited comes in once, in time, with the address that was given to them or their own. */
import t from 'tap';
import { startApp, type TestApp } from '../helper.ts';

const PASSWORD = 'a long enough password';
const DAY_MS = 86_400_000;

/** Invites somebody, and gives the link's secret. */
async function invited(app: TestApp, body: object): Promise<string> {
  const { status, body: answer } = await (await app.admin()).request('POST', 'invitations', body);
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(answer)}`);
  return answer.link.split('#link=')[1];
}

t.test('an invitation without an address asks for one, by which its owner signs in', async (t) => {
  const app = await startApp(t);
  const link = await invited(app, { role: 'agent', name: 'Nia' });
  const use = (more: object) => app.request('POST', 'auth/link', { link, password: PASSWORD, ...more });
  t.match(await use({}), { status: 400, body: { details: { path: 'email' } } });
  t.match(await use({ email: 'ADMIN@example.com' }), { status: 409, body: { code: 'IN_USE' } }, 'not somebody else’s');
  const made = await use({ email: 'Nia@Example.com' });
  t.match(made, { status: 200, body: { user: { role: 'agent', name: 'Nia', email: 'nia@example.com' } } });
  t.match(await use({ email: 'nia@example.com' }), { status: 401 }, 'once');
  const login = await app.request('POST', 'auth/login', { email: 'nia@example.com', password: PASSWORD });
  t.match(login, { status: 200, body: { user: { id: made.body.user.id } } });
});

t.test('an invitation with an address takes no other', async (t) => {
  const app = await startApp(t);
  const link = await invited(app, { role: 'peer', name: 'Olu', email: 'Olu@example.com' });
  const use = (more: object) => app.request('POST', 'auth/link', { link, password: PASSWORD, ...more });
  t.match(await use({ email: 'other@example.com' }), { status: 400, body: { details: { path: 'email' } } });
  t.match(await use({}), { status: 200, body: { user: { role: 'peer', email: 'olu@example.com' } } });
});

t.test('an invitation is good for seven days, and not a moment longer', async (t) => {
  let now = Date.UTC(2026, 4, 1);
  const app = await startApp(t, {}, { now: () => now });
  const links = [await invited(app, { role: 'agent', email: 'a@example.com' })];
  links.push(await invited(app, { role: 'agent', email: 'b@example.com' }));
  const use = (link: string | undefined) => app.request('POST', 'auth/link', { link, password: PASSWORD });
  now += 7 * DAY_MS - 1;
  t.match(await use(links[0]), { status: 200 });
  now += 1;
  t.match(await use(links[1]), { status: 401, body: { code: 'TOKEN_EXPIRED' } });
});
