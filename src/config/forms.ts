import { isIP } from 'node:net';
import { MAX_PASSWORD_LENGTH } from '../protocol/limits.ts';

/**
 * What a text must be beyond its type: `rule` completes the sentence "it must be …", `read` gives the value as Parley
 * keeps it, or undefined when the rule is broken.
 */
export type Form = { rule: string; read: (text: string) => string | undefined };

/** Bytes of a shared secret: HS256 is as strong as its key, and a shorter one can be guessed from a single token. */
const MIN_SECRET_BYTES = 32;
const MIN_PASSWORD_CHARACTERS = 10;

const when = (holds: boolean, value: string): string | undefined => (holds ? value : undefined);

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const isLine = (text: string): boolean => text !== '' && !/[\u0000-\u001f\u007f]/.test(text);

function readOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const bare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return when(bare && (url.protocol === 'http:' || url.protocol === 'https:'), url.origin);
}

function readSmtp(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname } = new URL(text);
  return when((protocol === 'smtp:' || protocol === 'smtps:') && hostname !== '' && pathname.length <= 1, text);
}

function readPostgres(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  return when(/^postgres(ql)?:$/.test(new URL(text).protocol), text);
}

/** A bucket's name and a prefix as stores take them everywhere; another scheme is no folder's name. */
function readPlace(text: string): string | undefined {
  if (!/^[a-z\d+.-]+:\/\//i.test(text)) return when(isLine(text), text);
  return when(/^s3:\/\/[a-z\d][a-z\d.-]{1,61}[a-z\d](\/[\w.-]+)*\/?$/.test(text), text);
}

function readNats(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname } = new URL(text);
  return when((protocol === 'nats:' || protocol === 'tls:') && hostname !== '' && pathname.length <= 1, text);
}

function readPage(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return when(/^https?:$/.test(url.protocol) && url.hash === '' && url.username === '', url.href);
}

/** What is said to the provider is secret: in the clear only on one's own machine, to try it. */
function readIssuer(text: string): string | undefined {
  const page = readPage(text);
  if (page === undefined) return undefined;
  const { protocol, hostname } = new URL(page);
  return when(protocol === 'https:' || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname), page);
}

/** A whole-internet network (`/0`) would let every caller choose the address that it is limited by. */
function readNetwork(text: string): string | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return undefined;
  if (bits === undefined) return text;
  return when(/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128), text);
}

/** Environment files write a PEM's line breaks as `\n`. A private key is refused: Parley has no business with it. */
function readPublicKey(text: string): string | undefined {
  if (!text.includes('-----BEGIN')) return when(isLine(text), text);
  return when(/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(text), text.replaceAll('\\n', '\n'));
}

/** The forms by the name that a setting's `form` keyword gives. */
export const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    'host',
    {
      rule: 'an IP address or a host name',
      read: (text) => when(isIP(text) > 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text), text),
    },
  ],
  ['origin', { rule: 'http:// or https://, a host and perhaps a port, without a path', read: readOrigin }],
  ['smtp', { rule: 'smtp:// or smtps:// and a host', read: readSmtp }],
  ['postgres', { rule: 'the postgres:// address of a database', read: readPostgres }],
  ['nats', { rule: 'nats:// or tls://, perhaps a name and a password, a host and perhaps a port', read: readNats }],
  ['page', { rule: 'the http:// or https:// address of a page, without a fragment', read: readPage }],
  ['issuer', { rule: 'the https:// address of an OpenID provider (http:// on this machine alone)', read: readIssuer }],
  [
    'domain',
    {
      rule: 'the domain of an e-mail address',
      read: (text) => when(/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text), text.toLowerCase()),
    },
  ],
  ['network', { rule: 'an IP address or a network such as 10.0.0.0/8, not the whole internet', read: readNetwork }],
  [
    'mediaType',
    {
      rule: 'a media type such as image/png, image/* or */*',
      read: (text) => when(/^(\*\/\*|[a-z]+\/(\*|[a-z\d][a-z\d.+-]*))$/i.test(text), text.toLowerCase()),
    },
  ],
  ['line', { rule: 'one line of text', read: (text) => when(isLine(text), text) }],
  ['file', { rule: 'the name of a file or folder', read: (text) => when(isLine(text), text) }],
  ['place', { rule: 'the name of a folder, or s3:// with a bucket and perhaps a prefix', read: readPlace }],
  ['publicKey', { rule: 'a public key as PEM text, or the name of a file that holds one', read: readPublicKey }],
  [
    'email',
    { rule: 'an e-mail address', read: (text) => when(/^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 254, text) },
  ],
  [
    'secret',
    {
      rule: `at least ${MIN_SECRET_BYTES} bytes long`,
      read: (text) => when(Buffer.byteLength(text) >= MIN_SECRET_BYTES, text),
    },
  ],
  [
    'password',
    {
      // A login takes no longer one.
      rule: `at least ${MIN_PASSWORD_CHARACTERS} and at most ${MAX_PASSWORD_LENGTH} characters long`,
      read: (text) => {
        const { length } = [...text];
        return when(length >= MIN_PASSWORD_CHARACTERS && length <= MAX_PASSWORD_LENGTH, text);
      },
    },
  ],
]);
