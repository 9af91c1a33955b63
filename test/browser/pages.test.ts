/** The built pages as they are served, and that a browser can load them from where they are meant to be loaded. */
import t from 'tap';
import { startApp } from '../helper.ts';
import { axeProblems, shoot, startBrowser } from './browser.ts';
import { teammate, widgetOf } from './shop.ts';

const ELSEWHERE = 'https://shop.example';

t.setTimeout(180_000);

t.test('pages', async (t) => {
  const app = await startApp(t);
  const { url } = app;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  t.test('the widget may be loaded by any page, compressed, and for a while only', async (t) => {
    const { status, headers } = await get('/widget.js', { origin: ELSEWHERE, 'accept-encoding': 'gzip, br' });
    t.equal(status, 200);
    t.equal(headers.get('content-type'), 'text/javascript; charset=utf-8');
    t.equal(headers.get('content-encoding'), 'br');
    t.equal(headers.get('vary'), 'accept-encoding');
    t.equal(headers.get('cross-origin-resource-policy'), 'cross-origin');
    t.equal(headers.get('access-control-allow-origin'), '*');
    t.equal(headers.get('cache-control'), 'public, max-age=300');
    const again = await get('/widget.js', { 'accept-encoding': 'br', 'if-none-match': headers.get('etag') as string });
    t.equal(again.status, 304);
    const gzip = await get('/demo', { 'accept-encoding': 'gzip, br;q=0' });
    t.equal(gzip.headers.get('content-encoding'), 'gzip');
    t.match(gzip.headers.get('etag'), /-gzip"$/, 'another form is another representation');
    t.equal((await get('/widget.js', { 'accept-encoding': 'identity' })).headers.get('content-encoding'), null);
  });

  t.test('what has its hash in its name is kept for ever; what is not there is not found', async (t) => {
    const folder = /widget\/\w+\//.exec((await get('/widget.js')).text)?.[0];
    const { status, headers } = await get(`/${folder}chat.js`, { origin: ELSEWHERE });
    t.equal(status, 200);
    t.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
    t.equal(headers.get('access-control-allow-origin'), '*');
    const former = await get('/widget/0ldhash1/chat.js', { origin: ELSEWHERE });
    t.equal(former.status, 302, 'of a build that is gone today’s is given');
    t.equal(former.headers.get('location'), `/${folder}chat.js`);
    t.equal(former.headers.get('cache-control'), 'no-store');
    t.equal(former.headers.get('access-control-allow-origin'), '*');
    t.equal((await get('/widget/0ldhash1/none.js')).status, 404);
    t.equal((await get('/widget/../package.json')).status, 404);
  });

  t.test('a page of another origin is told why it may not call', async (t) => {
    const { status, headers, text } = await get('/v1/widget/config', { origin: ELSEWHERE });
    t.equal(status, 403);
    t.equal(headers.get('access-control-allow-origin'), '*');
    t.match(text, /PARLEY_ORIGINS/);
  });

  t.test('documents have the strict policy, and are asked for each time', async (t) => {
    const { status, headers } = await get('/demo');
    t.equal(status, 200);
    t.equal(headers.get('cache-control'), 'no-cache');
    t.match(headers.get('content-security-policy'), /default-src 'none'; script-src 'self'; style-src 'self'/);
    t.match(headers.get('content-security-policy'), /require-trusted-types-for 'script'; trusted-types 'none'/);
    t.equal((await get('/')).headers.get('location'), '/console');
  });

  t.test('the demo: a shop that one can write to', async (t) => {
    const { page } = await startBrowser(t);
    const agent = await teammate(app, 'Jonas Weber');
    const line = await agent.connect({ inbox: true });
    const demo = await page({ viewport: { width: 1180, height: 780 } });
    const chat = widgetOf(demo);
    await demo.goto(`${url}/demo`);
    await demo.getByRole('button', { name: 'Ask about this lamp' }).waitFor();
    await chat.launcher.waitFor();
    await demo.getByRole('button', { name: 'Ask about this lamp' }).click();
    await chat.say('My Halm 02 arrived with a crack');
    await chat.message('My Halm').getByText('Sent').waitFor();
    const { conversationId } = await line.event('message.created');
    for (const content of ['Oh no. Sorry, Mara!', 'A new shade leaves our workshop today. Keep the broken one.']) {
      await agent.request('POST', `conversations/${conversationId}/messages`, { content });
    }
    await chat.message('A new shade').waitFor();
    await chat.say('That was quick, thank you');
    await chat.message('That was').getByText('Sent').waitFor();
    await agent.request('POST', `conversations/${conversationId}/read`, { seq: 4 });
    await chat.message('That was').getByText('Read').waitFor();
    await demo.mouse.move(100, 700);
    await shoot(demo, 'demo');
    t.same(await axeProblems(demo), []);
  });
});
