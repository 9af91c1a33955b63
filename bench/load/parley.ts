/** Parley's own frames. */
import { once } from 'node:events';
import { answeredBy, isEvent, sendFrames } from './frames.ts';
import { DELIVERY, type Speech } from './speech.ts';

const HELLO_ID = 1;

export const parley: Speech = {
  path: '/v1/ws',
  protocol: ['parley.v1'],
  async greet(socket, token) {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify({ id: HELLO_ID, type: 'hello', token }));
    const [data] = (await answered) as [Buffer];
    if (!data.toString().includes('"type":"welcome"')) throw new Error(`no welcome: ${data.toString().slice(0, 300)}`);
  },
  speaker: (_socket, conversation, _place, ids) => ({
    send: sendFrames(conversation, ids),
    read: (frame) => (isEvent(frame) ? DELIVERY : answeredBy(frame)),
  }),
};
