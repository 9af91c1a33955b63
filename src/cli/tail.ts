/** `parley tail`: what happens, as it happens. */
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';
import { eventsOf } from './remote/follow.ts';
import { type Answered, asUser, type Server, serverUrl } from './remote/server.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley tail <conversation> | --all [options]

Prints messages as they come, until it is stopped; over a lost line it goes on where it was. Whose eyes: the user of
PARLEY_TOKEN, or the host's user of --as, by the API key in PARLEY_KEY.

  --all               all conversations that they may read; of the team the inbox
  --as <external id>  the host's own id of who reads
  --url <address>     the server (PARLEY_URL); else the one of this machine's settings
  --json              print every event as a line of JSON, the welcome first
  -h, --help          print this
`;

const PAGE = 200;

export async function tail(args: readonly string[]): Promise<number> {
  const { flags, words, values, places } = readOptions(args, {
    words: ['json', 'all'],
    values: ['as', 'url'],
    places: 1,
  });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const [conversation = null] = places;
  if ((conversation === null) !== words.has('all')) throw new UsageError('tail needs a conversation, or --all');
  const server = await asUser(serverUrl(values.get('url'), flags), values.get('as'));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // Nobody reads on: `parley tail … | head -1`.
  process.stdout.once('close', () => stop.abort());
  const show = words.has('json') ? (event: Answered) => write(JSON.stringify(event)) : showMessage;
  await follow(server, conversation, stop.signal, show);
  return exitCodes.done.code;
}

async function follow(
  server: Server,
  conversation: string | null,
  signal: AbortSignal,
  show: (event: Answered) => void,
): Promise<void> {
  const about =
    conversation === null ? null : await server.ask('GET', `conversations/${encodeURIComponent(conversation)}`);
  const id: string | null = about?.id ?? null;
  let seq: number = about?.seq ?? 0;
  const query = id === null ? await queryForAll(server) : `?view=${id}`;
  for await (const event of eventsOf(server, query, signal)) {
    const isOther = id !== null && event.type !== 'welcome' && event.conversationId !== id && event.parentId !== id;
    if (isOther) continue;
    if (event.type === 'welcome' && id !== null) {
      show(event);
      try {
        for await (const message of writtenAfter(server, id, seq)) {
          seq = message.seq;
          show({ type: 'message.created', conversationId: id, rev: message.rev, message });
        }
      } catch (error) {
        // The line is lost again: the next welcome has it read.
        if ((error as Error).name !== 'Unreachable') throw error;
      }
      continue;
    }
    const isNew = event.type === 'message.created' && event.conversationId === id;
    if (isNew && event.message.seq <= seq) continue;
    if (isNew) seq = event.message.seq;
    show(event);
  }
}

/** Customers hear all that is theirs; the team has an inbox to watch. */
async function queryForAll(server: Server): Promise<string> {
  const { role } = await server.ask('GET', 'me');
  return ['agent', 'admin', 'peer'].includes(role) ? '?inbox=true' : '';
}

/** What was written between the lines. */
async function* writtenAfter(server: Server, id: string, seq: number): AsyncGenerator<Answered> {
  for (let after = seq; ; ) {
    const { items } = await server.ask('GET', `conversations/${id}/messages?after=${after}&limit=${PAGE}`);
    yield* items;
    if (items.length < PAGE) return;
    after = items.at(-1).seq;
  }
}

function showMessage({ type, conversationId, message }: Answered): void {
  if (type !== 'message.created') return;
  const { author, content, attachments, createdAt } = message;
  const who = author === null ? 'system' : (author.name ?? author.role);
  const files = attachments.map(({ name }: Answered) => `[${name}]`);
  write(`${createdAt}  ${conversationId}  ${plain(who)}: ${[content, ...files].filter(Boolean).map(plain).join(' ')}`);
}

/** Without what a terminal would obey. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
