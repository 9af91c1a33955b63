/** What an error says about PostgreSQL itself or the way to it, as opposed to the question that met it. */
import { Refusal } from '../../protocol/refusal.ts';

const RETRY_MS = 2_000;
/** Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, resources, shutdown. */
const UNREACHABLE = /^(08...|53...|57P0.|57014|25P03)$/;
/** The way there, as Node tells it; and what the driver says in words alone. */
const NO_WAY = /^(ECONN|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
const SAID =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client (has encountered|was closed))/;

export function isUnreachable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (UNREACHABLE.test(code) || NO_WAY.test(code))) return true;
  return SAID.test(String(message));
}

/** What whoever asks is told: that it will pass, where it will. Another error stays what it is. */
export function asRefusal(error: unknown): unknown {
  if (!isUnreachable(error)) return error;
  return new Refusal('OVERLOADED', { message: 'The server cannot read anything at the moment.', retryMs: RETRY_MS });
}
