/** `parley send`: one message, from a script. */
import { text } from 'node:stream/consumers';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';
import { apiKey, asUser, serverAt, serverUrl } from './remote/server.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley send <conversation> <text> [options]

Sends a message to a server that runs, and prints its id. As whom: the user of PARLEY_TOKEN; the host's user of --as, by
the API key in PARLEY_KEY; else, by the key alone, the host, whose words are a system message.

  <text>              - reads it from standard input
  --as <external id>  the host's own id of who speaks
  --id <uuid>         the message's id: sent again with it, it is there once
  --url <address>     the server (PARLEY_URL); else the one of this machine's settings
  --json              print the message as JSON
  -h, --help          print this
`;

export async function send(args: readonly string[]): Promise<number> {
  const { flags, words, values, places } = readOptions(args, {
    words: ['json'],
    values: ['as', 'id', 'url'],
    places: 2,
  });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const [conversation, given] = places;
  if (conversation === undefined || given === undefined) throw new UsageError('send needs a conversation and a text');
  const content = given === '-' ? await text(process.stdin) : given;
  const url = serverUrl(values.get('url'), flags);
  const as = values.get('as');
  const byHost = as === undefined && (process.env.PARLEY_TOKEN ?? '') === '';
  const server = byHost ? serverAt(url, apiKey()) : await asUser(url, as);
  const id = values.get('id');
  const sent = await server.ask('POST', `conversations/${encodeURIComponent(conversation)}/messages`, {
    ...(byHost ? { kind: 'system' } : {}),
    ...(id === undefined ? {} : { id }),
    content,
  });
  process.stdout.write(`${words.has('json') ? JSON.stringify(sent) : sent.id}\n`);
  return exitCodes.done.code;
}
