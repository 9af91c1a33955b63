/** Passwords, as argon2id hashes in PHC form. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { misshapen, Refusal } from '../../protocol/refusal.ts';

const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashing a megabyte would be a cheap attack. */
const MAX_BYTES = 1024;
/** They run on the few threads that files and names are looked up on too. */
const AT_ONCE = 2;
const MAX_WAITING = 32;
const RETRY_MS = 2_000;

const derive = promisify(argon2);

export type Passwords = ReturnType<typeof createPasswords>;

export function createPasswords() {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function run(parameters: Argon2Parameters): Promise<Buffer> {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) throw new Refusal('RATE_LIMITED', { retryMs: RETRY_MS });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await derive('argon2id', parameters);
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    /** The hash to keep. Refuses a password longer than 1 KiB, and any at all when too many wait. */
    async hash(password: string): Promise<string> {
      const nonce = randomBytes(SALT_BYTES);
      const hash = await run(parametersFor(password, nonce));
      return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(nonce)}$${unpadded(hash)}`;
    },

    /** Takes the same time whether there is a hash or not, so that nobody learns who has a password here. */
    async verify(password: string, phc: string | null): Promise<boolean> {
      const kept = phc === null ? null : parse(phc);
      const parameters = parametersFor(password, kept?.nonce ?? Buffer.alloc(SALT_BYTES));
      const hash = await run(kept === null ? parameters : { ...parameters, ...kept.cost });
      return kept !== null && hash.length === kept.hash.length && timingSafeEqual(hash, kept.hash);
    },
  };
}

function parametersFor(password: string, nonce: Buffer): Argon2Parameters {
  // Keyboards write the same letter in two ways.
  const message = Buffer.from(password.normalize('NFC'));
  if (message.length > MAX_BYTES) throw misshapen('password', `must be at most ${MAX_BYTES} bytes`);
  return { message, nonce, memory: MEMORY_KIB, passes: PASSES, parallelism: LANES, tagLength: HASH_BYTES };
}

function parse(phc: string) {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc);
  if (parts === null) throw new Error('a password hash in the database is not argon2id in PHC form');
  const [, memory, passes, parallelism, nonce = '', hash = ''] = parts;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    nonce: Buffer.from(nonce, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
