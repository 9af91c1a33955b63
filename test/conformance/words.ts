/** What the tests of the protocol say over and over. */
import type { Body } from '../helper.ts';
import type { TestLine } from '../line.ts';
import type { Person } from './server.ts';

/** A message to support by HTTP, and the conversation that came of it. */
export async function ask(customer: Person, content = 'Hello'): Promise<string> {
  const { status, body } = await customer.post('messages', { to: 'support', message: { content } });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.conversationId;
}

/** A message by HTTP. */
export async function say(person: Person, conversationId: string, content: string, more: object = {}): Promise<Body> {
  const { status, body } = await person.post(`conversations/${conversationId}/messages`, { content, ...more });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** The conversation as somebody sees it. */
export async function look(person: Person, conversationId: string): Promise<Body> {
  const { status, body } = await person.get(`conversations/${conversationId}`);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** What a line heard since it was asked last: `type rev` of the durable, `type` of the rest. */
export async function heard(line: TestLine): Promise<string[]> {
  return (await line.rest()).map(({ type, rev }: Body) => (rev === undefined ? type : `${type} ${rev}`));
}

/** The same, of one conversation. */
export async function heardOf(line: TestLine, id: string): Promise<Body[]> {
  return (await line.rest()).filter(({ conversationId }: Body) => conversationId === id);
}
