/** What a model behind an OpenAI-compatible API is asked. */
import t from 'tap';
import { type Asked, openHouse } from './house.ts';

const KEY = 'sk-a-key-of-the-operator';

/** The answer of a model that streams. */
function answer({ response }: Asked, ...pieces: string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of pieces) response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
  response.end('data: [DONE]\n\n');
}

t.test('by its key: the prompt, no more of the history than it is to have, and who said what', async (t) => {
  const how = { engine: 'openai', model: 'small', key: KEY, prompt: 'Be brief.', temperature: 0.5, history: 3 };
  const house = await openHouse(t, how);
  const customer = await house.customer();
  const ask = async (content: string) => {
    await customer.say(content);
    return house.next();
  };
  const first = await ask('Hello?');
  t.equal(first.path, '/hook/chat/completions');
  t.match(first.headers, { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' });
  t.same(first.body, {
    model: 'small',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello?' },
    ],
    stream: true,
    temperature: 0.5,
  });
  answer(first, 'Good ', 'day');
  const isWhole = (event: { type: string }) => event.type === 'message.updated';
  await customer.line.event(isWhole);
  const second = await ask('Lamps?');
  answer(second, 'Many');
  await customer.line.event(isWhole);
  const third = await ask('Red ones?');
  t.same(third.body.messages, [
    { role: 'system', content: 'Be brief.' },
    { role: 'assistant', content: 'Good day' },
    { role: 'user', content: 'Lamps?' },
    { role: 'assistant', content: 'Many' },
    { role: 'user', content: 'Red ones?' },
  ]);
  await customer.say('Or blue ones?');
  await customer.say('Or none?');
  answer(third, 'Two');
  const fourth = await house.next();
  t.same(fourth.body.messages.at(-1), { role: 'user', content: 'Or blue ones?\n\nOr none?' }, 'they take turns');
});
