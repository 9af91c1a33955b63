/** Names to addresses, of which only those that may be connected to come out. */
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { OutboundError } from './outbound-error.ts';

/**
 * Lookups at a time. Each holds one of the four threads that the files' and hashes' work shares, for as long as a
 * dead name server lets it: two stay free whatever happens out there.
 */
const MAX_LOOKUPS = 2;

type Found = (error: Error | null, addresses: LookupAddress[]) => void;

/** Asks the system for a name, a few names at a time; who asks for a name that is being looked up shares the answer. */
export function pacedLookup(): (name: string, found: Found) => void {
  const asking = new Map<string, Found[]>();
  const waiting: string[] = [];
  let running = 0;

  const next = (): void => {
    const name = running < MAX_LOOKUPS ? waiting.shift() : undefined;
    if (name === undefined) return;
    running += 1;
    lookup(name, { all: true }, (error, addresses) => {
      running -= 1;
      const asked = asking.get(name) ?? [];
      asking.delete(name);
      for (const found of asked) found(error, addresses ?? []);
      next();
    });
  };

  return (name, found) => {
    const asked = asking.get(name);
    if (asked !== undefined) {
      asked.push(found);
      return;
    }
    asking.set(name, [found]);
    waiting.push(name);
    next();
  };
}

/** For `net.connect`, which connects to what it is given: a name that answers otherwise a moment later gains nothing. */
export function guardedLookup(
  ask: (name: string, found: Found) => void,
  mayConnect: (address: string) => boolean,
): LookupFunction {
  return (name, options, callback) => {
    ask(name, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const open = addresses.filter(({ address, family }) => {
        return mayConnect(address) && (!options.family || options.family === family);
      });
      const [first] = open;
      if (first === undefined) return callback(OutboundError.address(), '', 0);
      if (options.all) return callback(null, open);
      callback(null, first.address, first.family);
    });
  };
}
