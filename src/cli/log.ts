import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** Never written, wherever they stand in what is logged: at the top, one level down, or among headers. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'token', 'refreshToken', 'secret', 'key', 'link'];

const redact = SECRETS.flatMap((name) => {
  const path = `["${name}"]`;
  return [path, `*${path}`, `req.headers${path}`, `res.headers${path}`];
});

/** What stands behind it is a credential by itself: whoever reads it may answer for a bot. */
const REPLIES = '/v1/bots/replies/';

/**
 * A path without its query, which may hold tickets, and without a `replyUrl`'s token; with the bytes escaped that a
 * terminal would obey.
 */
function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  return (path.startsWith(REPLIES) ? REPLIES : path).replace(/[^!-~]/g, (character) => encodeURIComponent(character));
}

/**
 * The error that may be told about another. The store's query errors quote the values of the failed statement, message
 * texts among them; what the engine said of it, their cause, does not.
 */
function tellable(error: Error): Error {
  return 'params' in error && error.cause instanceof Error ? error.cause : error;
}

/** An error's message; JSON's errors quote what could not be read, which may be somebody's text. */
function messageOf(error: Error): string {
  return error instanceof SyntaxError ? 'text that cannot be parsed' : error.message;
}

/** What is written about an error: only what cannot hold a user's text, so not every property that it carries. */
function errorLine(given: unknown): object {
  if (!(given instanceof Error)) return { type: typeof given };
  const error = tellable(given);
  // The stack begins with the message, over several lines perhaps.
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return {
    type: error.name,
    message: messageOf(error),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack: frames.join('\n'),
    ...(error.cause instanceof Error ? { cause: errorLine(error.cause) } : {}),
  };
}

/** The error that a line is about: `log.error(error)` and `log.error({ err: error })`. */
function errorOf(logged: unknown): Error | undefined {
  if (logged instanceof Error) return logged;
  if (typeof logged !== 'object' || logged === null || !('err' in logged)) return undefined;
  return logged.err instanceof Error ? logged.err : undefined;
}

/** pino, and Fastify too, give a line without words the message of its error as it is. */
function careful(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [logged, words, ...rest] = args;
  const error = errorOf(logged);
  const quoted = error !== undefined && (words === undefined || words === error.message);
  method.call(this, logged, quoted ? messageOf(tellable(error)) : words, ...rest);
}

/**
 * The server's log: JSON lines to `to`. It holds no secret, no query string and no text of a message, whatever is
 * handed to it by the doors; addresses only while PARLEY_KEEP_ADDRESS stands.
 */
export function createLog(config: Pick<Config, 'logLevel' | 'keepAddress'>, to: DestinationStream): Logger {
  const requestLine = (request: { method?: string; url?: string; ip?: string }) => ({
    method: request.method,
    path: pathOf(request.url ?? ''),
    ...(config.keepAddress ? { address: request.ip } : {}),
  });
  return pino(
    {
      level: config.logLevel,
      redact,
      base: null,
      serializers: { req: requestLine, err: errorLine },
      hooks: { logMethod: careful },
    },
    to,
  );
}
