import { exitCodes } from './exit-codes.ts';

/** What went wrong, said to the person at the terminal: a sentence (of settings, a line each) and the exit code. */
export type Report = { text: string; code: number };

type Known = { name?: unknown; kind?: unknown; code?: unknown; syscall?: unknown; address?: unknown; port?: unknown };

const addressTroubles: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'is in use: stop the other program, or choose another port, for example PARLEY_PORT=4001'],
  ['EACCES', 'is not allowed to this user: choose a port above 1023, for example PARLEY_PORT=4000'],
  ['EADDRNOTAVAIL', 'is no address of this machine: choose one that is, for example PARLEY_HOST=127.0.0.1'],
  ['ENOTFOUND', 'cannot be found: choose an address of this machine, for example PARLEY_HOST=127.0.0.1'],
]);

function addressTrouble(error: Known, where: string): string | undefined {
  if (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo') return undefined;
  const trouble = addressTroubles.get(error.code);
  return trouble === undefined ? undefined : `${where} ${trouble}`;
}

/**
 * Turns whatever ended a command into a sentence without a stack. `where` is the address that the server was to listen
 * on. The stores' StartError is known by its name, so that a wrong option needs no store to be told.
 */
export function reportOf(error: unknown, where = 'the address'): Report {
  const message = error instanceof Error ? error.message : String(error);
  const known: Known = typeof error === 'object' && error !== null ? error : {};
  if (known.name === 'UsageError') return { text: `${message}. See parley --help`, code: exitCodes.usage.code };
  if (known.name === 'ConfigError') return { text: message, code: exitCodes.config.code };
  if (known.name === 'StartError') {
    return { text: message, code: known.kind === 'config' ? exitCodes.config.code : exitCodes.data.code };
  }
  if (known.name === 'RemoteRefusal')
    return { text: `${message} (${String(known.code)})`, code: exitCodes.refused.code };
  if (known.name === 'Unreachable') return { text: message, code: exitCodes.unreachable.code };
  const trouble = addressTrouble(known, where);
  if (trouble !== undefined) return { text: trouble, code: exitCodes.address.code };
  return { text: `Parley cannot go on: ${message}`, code: exitCodes.failed.code };
}
