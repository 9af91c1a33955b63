/** Every way in which a load can speak, by the name that a job gives. */
import { parley } from './parley.ts';
import { socketIo } from './socket-io.ts';
import { xmpp } from './xmpp.ts';

export const speeches = { parley, 'socket.io': socketIo, xmpp };
export type SpeechName = keyof typeof speeches;
