import t from 'tap';
import type { Client } from '../../../src/web/sdk/client.ts';
import { systemClock } from '../../../src/web/sdk/clock.ts';
import { startApp } from '../../helper.ts';
import fc from '../../property.ts';
import { client, contents, until } from './live.ts';
import { startProxy } from './proxy.ts';

const clock = { ...systemClock, random: () => 0 };

t.test('several people over lines that break all end with what the server has', async (t) => {
  const app = await startApp(t);
  const proxy = await startProxy(t, app.url);
  const agent = await app.member('agent', 'Aiko');
  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('send', 'send', 'send', 'edit', 'delete', 'read', 'note', 'cut', 'cut', 'close'),
    pick: fc.nat(100),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const visitor = await app.visitor();
      const phone = client(t, proxy.url, visitor.token, { clock });
      const laptop = client(t, proxy.url, visitor.token, { clock, transport: 'sse' });
      const ours = client(t, proxy.url, agent.token, { clock, inbox: true });
      const all = [phone, laptop, ours];
      await Promise.all(all.map((one) => one.connect()));
      const { conversationId: id } = await phone.send({ to: 'support' }, 'begin').done;
      await Promise.all(all.map((one) => one.conversations.open(id)));
      const side = ours.conversations.get(id)?.team?.id as string;
      await ours.conversations.open(side);
      const under: Promise<unknown>[] = [];
      const quiet = (promise: Promise<unknown>) => under.push(promise.catch(() => {}));
      for (const { who, what, pick } of steps) {
        const one = all[who] as Client;
        const messages = one.conversations.messages(id);
        const message = messages[pick % Math.max(1, messages.length)];
        if (what === 'send') quiet(one.send(id, `${who}-${pick}`).done);
        if (what === 'note') quiet(ours.send(side, `note ${pick}`).done);
        if (what === 'close') quiet(ours.patch(id, { status: pick % 2 ? 'closed' : 'open' }));
        if (what === 'edit' && message) quiet(one.edit(id, message.id, `edited ${pick}`));
        if (what === 'delete' && message && pick % 3 === 0) quiet(one.delete(id, message.id));
        if (what === 'read' && message) one.read(id, message.seq);
        if (what === 'cut') proxy.cut();
        if (pick % 4 === 0) await one.http.json('GET', '/v1/unread').catch(() => {});
      }
      await Promise.all(under);
      for (const one of all) await until(one, 'everything is sent', () => one.outbox.list().length === 0);
      await phone.send(id, 'the end').done;
      const note = await ours.send(side, 'the end').done;
      const now = (await agent.request('GET', `conversations/${id}/messages?limit=200`)).body.items;
      for (const one of all) {
        // An answer by HTTP may be ahead of the events that it follows.
        await until(
          one,
          'the end',
          () => contents(one, id).length === now.length && contents(one, id).at(-1) === 'the end',
        );
        same(one.conversations.messages(id), now);
      }
      await until(ours, 'the last note', () => ours.conversations.messages(side).length === note.seq);
      same(
        ours.conversations.messages(side),
        (await agent.request('GET', `conversations/${side}/messages?limit=200`)).body.items,
      );
      for (const [one, actor] of [
        [phone, visitor],
        [laptop, visitor],
        [ours, agent],
      ] as const) {
        const { unread } = (await actor.request('GET', `conversations/${id}`)).body.my;
        await until(one, `unread is ${unread}`, () => one.conversations.get(id)?.my?.unread === unread);
        one.close();
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
  t.pass('12 runs');
});

function same(found: readonly unknown[], wanted: readonly unknown[]): void {
  const [a, b] = [found, wanted].map((all) => all.map((one) => JSON.stringify(one, Object.keys(one as object).sort())));
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`client: ${a?.join('\n')}\nserver: ${b?.join('\n')}`);
}
