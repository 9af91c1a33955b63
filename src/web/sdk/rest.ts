import type { Results } from '../../protocol/answers.ts';
import type { Sync } from '../../protocol/catching-up.ts';
import type { Message } from '../../protocol/message.ts';
import type { Presence } from '../../protocol/presence.ts';
import type { Http } from './http.ts';
import type { Ask, Asked, Kit } from './line.ts';

/** A socket's requests as HTTP, for lines that only hear. What has no route is a wish of the stream (line.ts). */
export function callsOverHttp(http: Http, kit: Kit, answered: (asked: Asked, results: unknown) => void): Ask {
  return (async (asked: Asked, timeoutMs?: number) => {
    const results = await callOverHttp(http, kit, asked, timeoutMs);
    answered(asked, results);
    return results;
  }) as Ask;
}

async function callOverHttp(
  http: Http,
  { pathOf }: Kit,
  asked: Asked,
  timeoutMs?: number,
): Promise<Results[keyof Results]> {
  const options = timeoutMs === undefined ? {} : { timeoutMs };
  const id = 'conversationId' in asked ? asked.conversationId : '';
  const messagePath = 'messageId' in asked ? pathOf(id, `/messages/${encodeURIComponent(asked.messageId)}`) : '';
  switch (asked.type) {
    case 'message.send': {
      if (!('to' in asked)) {
        const body = asked.ifSeq === undefined ? asked.message : { ...asked.message, ifSeq: asked.ifSeq };
        return { message: await http.json<Message>('POST', pathOf(id, '/messages'), body, options) };
      }
      const { to, message } = asked;
      return { message: await http.json<Message>('POST', '/v1/messages', { to, message }, options) };
    }
    case 'message.edit':
      return { message: await http.json<Message>('PATCH', messagePath, { content: asked.content }, options) };
    case 'message.delete':
      return { message: await http.json<Message>('DELETE', messagePath, undefined, options) };
    case 'message.stop':
      return { message: await http.json<Message>('POST', `${messagePath}/stop`, undefined, options) };
    case 'conversation.read':
      return http.json('POST', pathOf(id, '/read'), { seq: asked.seq }, options);
    case 'conversation.delivered':
      await http.json('POST', pathOf(id, '/delivered'), { seq: asked.seq }, options);
      return {};
    case 'conversation.sync': {
      const query = { since: asked.since, epoch: asked.epoch };
      return { sync: await http.json<Sync>('GET', pathOf(id, '/sync'), undefined, { ...options, query }) };
    }
    case 'typing.set':
      await http.json('POST', pathOf(id, '/typing'), { on: asked.on, text: asked.text }, options);
      return {};
    case 'presence.set': {
      const { type: _, ...body } = asked;
      await http.json('PUT', '/v1/presence', body, options);
      return {};
    }
    case 'presence.watch': {
      const query = { users: asked.userIds.join(',') };
      return asked.userIds.length
        ? http.json<{ users: Presence[] }>('GET', '/v1/presence', undefined, { ...options, query })
        : { users: [] };
    }
    default:
      throw new Error(`${asked.type} needs a socket`);
  }
}
