import type { Test } from 'tap';
import type { Client, ClientEvents, ClientOptions } from '../../../src/web/sdk/client.ts';
import { createClient } from '../../../src/web/sdk/create-client.ts';
import { memoryStorage } from '../../../src/web/sdk/storage.ts';

const NAMES: (keyof ClientEvents)[] = [
  'state',
  'message',
  'conversation',
  'removed',
  'loaded',
  'participants',
  'typing',
  'viewers',
  'presence',
  'counts',
  'outbox',
];
const PATIENCE_MS = 15_000;

/** A client that ends with the test. */
export function client(t: Test, url: string, token: string, options: Partial<ClientOptions> = {}): Client {
  const made = createClient({ url, token, storage: memoryStorage(), ...options });
  t.teardown(() => made.close());
  return made;
}

/** Waits until something is so, looking whenever the client tells of anything. */
export function until(made: Client, what: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    const end = (settle: () => void) => {
      clearTimeout(timer);
      for (const one of ends) one();
      settle();
    };
    const look = () => holds() && end(resolve);
    const timer = setTimeout(() => {
      end(() => reject(new Error(`not in ${PATIENCE_MS} ms: ${what}; the client is ${JSON.stringify(made.state)}`)));
    }, PATIENCE_MS);
    for (const name of NAMES) ends.push(made.on(name, look));
    look();
  });
}

/** What a conversation's messages say. */
export function contents(made: Client, id: string): (string | null)[] {
  return made.conversations.messages(id).map(({ content }) => content);
}
