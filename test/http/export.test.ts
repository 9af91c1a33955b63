import { strFromU8, unzipSync } from 'fflate';
import t from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { formWith, PNG } from './form.ts';

type Archive = Record<string, Uint8Array>;

async function taken(app: TestApp, who: Pick<Actor, 'token'>, id: string, query = ''): Promise<Archive> {
  const headers = { authorization: `Bearer ${who.token}` };
  const response = await fetch(`${app.url}/v1/users/${id}/export${query}`, { headers });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return unzipSync(new Uint8Array(await response.arrayBuffer()));
}

const json = (archive: Archive, name: string): Body => JSON.parse(strFromU8(archive[name] ?? new Uint8Array()));
const textOf = (archive: Archive) =>
  Object.values(archive)
    .map((bytes) => strFromU8(bytes))
    .join('\n');

async function upload(app: TestApp, who: Actor, body: FormData): Promise<string> {
  const headers = { authorization: `Bearer ${who.token}` };
  const made = await fetch(`${app.url}/v1/attachments`, { method: 'POST', headers, body });
  return ((await made.json()) as Body).id;
}

/** Mia, whom much is known of, among others whose words are their own. */
async function house(app: TestApp) {
  const admin = await app.admin();
  const agent = await app.member('agent', 'Ben');
  const mia = await app.hostUser('mia-1', { name: 'Mia', email: 'mia@example.com' });
  const tom = await app.hostUser('tom-1', { name: 'Tom', email: 'tom@example.com' });
  const send = (who: Actor, to: unknown, content: string, more = {}) =>
    who.request('POST', 'messages', { to, message: { content, ...more } });

  const file = await upload(app, mia, formWith('mias file', 'lamp.txt'));
  const support = (await send(mia, 'support', 'Mia asks', { attachments: [file] })).body.conversationId;
  await agent.request('POST', `conversations/${support}/messages`, { content: 'Ben answers' });
  await agent.request('POST', `conversations/${support}/notes`, { content: 'Ben notes' });
  await agent.request('PATCH', `conversations/${support}`, { tags: ['lamps'], status: 'closed' });
  await mia.request('POST', `conversations/${support}/rating`, { score: 4, comment: 'Mia rates' });
  const direct = (await send(mia, { userExternalId: 'tom-1' }, 'Mia to Tom')).body.conversationId;
  await tom.request('POST', `conversations/${direct}/messages`, { content: 'Tom to Mia' });
  const toms = (await send(tom, 'support', 'Tom asks')).body.conversationId;
  await agent.request('POST', `conversations/${toms}/messages`, { content: 'Ben tells Tom' });
  const waiting = await upload(app, mia, formWith(PNG, 'unsent.png'));
  return { admin, agent, mia, tom, support, direct, toms, file, waiting };
}

t.test('an export holds what is of the user, and nobody else’s', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const { admin, agent, mia, tom, support, direct, toms, file, waiting } = await house(app);

  await t.test('by an admin', async (t) => {
    const archive = await taken(app, admin, mia.user.id);
    t.same(
      Object.keys(archive).toSorted(),
      [
        'audit.json',
        `conversations/${direct}.json`,
        `conversations/${support}.json`,
        `files/${file}/lamp.txt`,
        `files/${waiting}/unsent.png`,
        'sessions.json',
        'user.json',
      ].toSorted(),
    );
    t.match(json(archive, 'user.json'), {
      name: 'Mia',
      email: 'mia@example.com',
      identities: [{ provider: 'host', subject: 'mia-1' }],
    });
    t.match(json(archive, 'sessions.json'), [{ kind: 'token', revokedAt: null }]);
    const { conversation, messages, notes } = json(archive, `conversations/${support}.json`);
    t.match(conversation, { status: 'closed', tags: ['lamps'], rating: { score: 4, comment: 'Mia rates' } });
    t.same(
      messages.map(({ content }: Body) => content),
      ['Mia asks', 'Ben answers'],
    );
    t.ok(notes.some(({ content }: Body) => content === 'Ben notes'));
    t.equal(strFromU8(archive[`files/${file}/lamp.txt`] as Uint8Array), 'mias file');
    t.same(Buffer.from(archive[`files/${waiting}/unsent.png`] as Uint8Array), Buffer.from(PNG));
    t.match(
      json(archive, `conversations/${direct}.json`).messages,
      [{ content: 'Mia to Tom' }],
      'an admin reads nobody else’s word in a direct conversation',
    );
    t.notMatch(textOf(archive), /Tom to Mia|Tom asks|Ben tells Tom|tom@example/);
    t.notMatch(textOf(archive), /"hash"|previousHash|"password"|p256dh|pv_|pr_/, 'nothing that lets anybody in');
    const { items } = (await admin.request('GET', 'audit?action=user.export')).body;
    t.match(items, [{ by: { id: admin.user.id }, target: { type: 'user', id: mia.user.id } }], 'it is noted');
  });

  await t.test('by the user', async (t) => {
    const archive = await taken(app, mia, mia.user.id);
    const { conversation, messages, notes } = json(archive, `conversations/${support}.json`);
    t.equal(notes, undefined, 'what only the team may know');
    t.same([conversation.tags, conversation.ip], [undefined, undefined]);
    t.equal(messages.length, 2);
    t.same(
      json(archive, `conversations/${direct}.json`).messages.map(({ content }: Body) => content),
      ['Mia to Tom', 'Tom to Mia'],
      'what they may read themselves is whole',
    );
    t.equal((await admin.request('GET', 'audit?action=user.export')).body.items.length, 1, 'their own is not noted');
  });

  await t.test('by a key', async (t) => {
    const narrow = await taken(app, await app.key('users'), mia.user.id);
    t.match(json(narrow, `conversations/${support}.json`).messages, [{ content: 'Mia asks' }]);
    t.notMatch(textOf(narrow), /Ben answers|Ben notes|Tom to Mia/, 'it may read no conversation');
    const wide = await taken(app, await app.key('*'), mia.user.id);
    t.match(textOf(wide), /Tom to Mia/);
  });

  await t.test('of one of the team: what they wrote, wherever', async (t) => {
    const archive = await taken(app, admin, agent.user.id);
    const words = [support, toms].flatMap((id) => {
      const { messages, notes = [] } = json(archive, `conversations/${id}.json`);
      return [...messages, ...notes].map(({ content }: Body) => content);
    });
    t.same(words, ['Ben answers', 'Ben notes', 'Ben tells Tom']);
    t.notMatch(textOf(archive), /Mia asks|Tom asks|mia@example|tom@example/);
  });

  await t.test('of one who was of the team: the same', async (t) => {
    const former = await app.member('agent', 'Eve');
    await former.request('POST', `conversations/${toms}/messages`, { content: 'Eve tells Tom' });
    await admin.request('PATCH', `users/${former.user.id}`, { role: 'user' });
    const { messages } = json(await taken(app, admin, former.user.id), `conversations/${toms}.json`);
    t.match(messages, [{ content: 'Eve tells Tom' }]);
  });

  await t.test('without files; and of who is not there', async (t) => {
    const archive = await taken(app, admin, mia.user.id, '?files=false');
    t.notOk(Object.keys(archive).some((name) => name.startsWith('files/')));
    t.match(json(archive, `conversations/${support}.json`).messages, [{ attachments: [{ id: file }] }]);
    t.equal((await tom.request('GET', `users/${mia.user.id}/export`)).status, 404);
    t.equal((await agent.request('GET', `users/${mia.user.id}/export`)).status, 403);
    await admin.request('DELETE', `users/${tom.user.id}`);
    t.equal((await admin.request('GET', `users/${tom.user.id}/export`)).status, 404, 'erased');
  });
});

t.test('more than a page of everything', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const mia = await app.hostUser('mia-1');
  const MESSAGES = 230;
  const first = await mia.request('POST', 'messages', { to: 'support', message: { content: 'Message 1' } });
  const id: string = first.body.conversationId;
  for (let n = 2; n <= MESSAGES; n++) {
    await mia.request('POST', `conversations/${id}/messages`, { content: `Message ${n}` });
  }
  const { messages } = json(await taken(app, admin, mia.user.id), `conversations/${id}.json`);
  t.same(
    messages.map(({ content }: Body) => content),
    Array.from({ length: MESSAGES }, (_, index) => `Message ${index + 1}`),
  );
});

t.test('one archive at a time for each, a few in all, and again when one is over', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const people = await Promise.all(Array.from({ length: 5 }, (_, index) => app.hostUser(`mia-${index}`)));
  const [first, ...others] = people as [Actor, ...Actor[]];
  const last = others.at(-1) as Actor;
  // More than a line takes whose other end does not read.
  const file = 'as it is '.repeat(1_000_000);
  const held = [];
  for (const one of people.slice(0, 4)) {
    for (let n = 0; n < 3; n++) await upload(app, one, formWith(file));
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${one.token}` };
    const answer = await fetch(`${app.url}/v1/users/${one.user.id}/export`, { headers, signal: gone.signal });
    t.equal(answer.status, 200);
    // Kept: the body of an answer that nobody holds is let go of.
    held.push({ gone, answer });
  }
  const own = (who: Actor) => who.request('GET', `users/${who.user.id}/export`);
  const limited = { status: 429, body: { code: 'RATE_LIMITED', retryMs: Number } };
  t.match(await own(first), limited, 'one at a time');
  t.match(await own(last), limited, 'four in all');
  t.ok(await taken(app, admin, last.user.id), 'the team is not kept waiting by them');
  t.ok(await taken(app, admin, last.user.id), 'an archive that is over leaves its place');
  held[0]?.gone.abort();
  await upload(app, last, formWith(file));
  const again = async (): Promise<Archive> => taken(app, last, last.user.id).catch(again);
  t.ok('user.json' in (await again()), 'so does one that was let go of');
  for (const { gone } of held) gone.abort();
});
