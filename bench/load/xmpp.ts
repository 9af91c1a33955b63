/** XMPP over WebSocket (RFC 7395), each conversation a room (XEP-0045) whose archive the server keeps. */
import type WebSocket from 'ws';
import { CONTENT } from './frames.ts';
import { DELIVERY, greeted, NOTHING, type Speech } from './speech.ts';

const HOST = 'localhost';
const OPEN = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="${HOST}" version="1.0"/>`;
const BIND = '<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>';

/** The user of a place, and their password: the servers are set up with them. */
export const xmppUser = (place: number) => `user${place}`;
export const XMPP_PASSWORD = 'secret';

export const xmpp: Speech = {
  path: '/xmpp-websocket',
  protocol: ['xmpp'],
  /** @param token the user's place and the room, with a space between */
  async greet(socket, token) {
    const [place = '', room = ''] = token.split(' ');
    const user = xmppUser(Number(place));
    await say(socket, OPEN, 'features');
    const proof = Buffer.from(`\0${user}\0${XMPP_PASSWORD}`).toString('base64');
    await say(socket, `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${proof}</auth>`, '<success');
    await say(socket, OPEN, 'features');
    await say(socket, BIND, 'id=.bind.');
    const join = `<presence xmlns="jabber:client" to="${room}/${user}"><x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/></x></presence>`;
    // The room's subject is the last that one is told on joining.
    await say(socket, join, '<subject');
  },
  speaker: (_socket, room, place) => {
    const own = new RegExp(`^<message[^>]* id=['"]s${place}-(\\d+)['"]`);
    return {
      send: (requestId) =>
        `<message xmlns="jabber:client" to="${room}" type="groupchat" id="s${place}-${requestId}"><body>${CONTENT}</body></message>`,
      read(frame) {
        const text = frame.toString();
        if (!text.startsWith('<message') || !text.includes('<body>')) return NOTHING;
        if (/ type=['"]error['"]/.test(text)) throw new Error(`a send was refused: ${text.slice(0, 300)}`);
        const id = own.exec(text)?.[1];
        return id === undefined ? DELIVERY : Number(id);
      },
    };
  },
};

/** Sends a stanza and waits for one that answers it. */
function say(socket: WebSocket, stanza: string, answer: string): Promise<void> {
  const wanted = new RegExp(answer);
  return greeted(socket, stanza, (text) => {
    if (/<failure|type=['"]error['"]/.test(text)) throw new Error(`refused: ${text.slice(0, 300)}`);
    return wanted.test(text);
  });
}
