/** Programs behind bots that do what nobody should: for whoever asks them. */
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { pour } from '../receiver.ts';
import { say } from './house.ts';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'a');
/** Made once: it takes a while. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const json = { 'content-type': 'application/json' };

/** What programs on the internet do, and nobody should hear of. */
export const BAD_PROGRAMS: Record<string, RequestListener> = {
  'never answers': () => {},
  'drips a byte at a time': (_, response) => {
    response.writeHead(200, json);
    const drip = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drip));
  },
  'answers HTML': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
  'answers no JSON': (_, response) => response.writeHead(200, json).end('{"reply": "cut'),
  'answers nothing': (_, response) => response.writeHead(200, json).end(),
  'answers blanks': (_, response) => say(response, { reply: ' \n ' }),
  'answers control characters alone': (_, response) => say(response, { reply: '\u0000\u0000' }),
  'answers a number': (_, response) => say(response, 42),
  'answers null': (_, response) => say(response, null),
  'answers an empty list': (_, response) => say(response, []),
  'answers without a text': (_, response) => say(response, { __proto__: { reply: 'x' }, other: true }),
  'answers actions of another shape': (_, response) => say(response, { reply: 'x', quickReplies: 'yes' }),
  'says no': (_, response) => say(response, { reply: 'not for you' }, 403),
  'closes in the middle': (_, response) => {
    response.writeHead(200, { ...json, 'content-length': '100' });
    response.write('{"reply":', () => response.destroy());
  },
  'redirects to the metadata of the cloud': (_, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end('{"reply":"secrets"}'),
  'pours 100 MiB': (_, response) => {
    response.writeHead(200, json);
    pour(response, MEBIBYTE, 100);
  },
  'sends a gzip bomb': (_, response) => response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(BOMB),
  'nests without an end': (_, response) => response.writeHead(200, json).end('['.repeat(100_000)),
  'streams an error': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"error":{"message":"no"}}\n\n'),
};
