/** An authenticator without a browser: it makes keys, attests nothing, and signs by them. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

export const ORIGIN = 'https://chat.example.com';

/** What it says of itself: that somebody is there and has shown who they are. */
const VERIFIED = 0x05;
const WITH_KEY = 0x40;

const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();

function clientData(type: string, challenge: string, origin: string): string {
  return base64url(JSON.stringify({ type, challenge, origin }));
}

/** An answer to a challenge, as far as it goes without an authenticator. */
export function answerTo(challenge: string, origin = ORIGIN) {
  const clientDataJSON = clientData('webauthn.create', challenge, origin);
  return { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON, attestationObject: 'AAAA' } };
}

export interface Key {
  id: string;
  privateKey: KeyObject;
  /** What is sent to have it kept. */
  made: ReturnType<typeof answerTo>;
}

/** What it makes of a challenge: a new key. */
export function newKey(challenge: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const bytes = (value: string) => new Uint8Array(Buffer.from(value, 'base64url'));
  const coordinates: [number, Uint8Array | number][] = [
    [-2, bytes(x)],
    [-3, bytes(y)],
  ];
  const key = isoCBOR.encode(new Map<number, Uint8Array | number>([[1, 2], [3, -7], [-1, 1], ...coordinates]));
  const id = randomBytes(16);
  // With a key; it has never counted, and says nothing of its make.
  const head = Buffer.concat([
    authenticatorData(VERIFIED | WITH_KEY, 0),
    Buffer.alloc(16),
    Buffer.from([0, id.length]),
  ]);
  const said = new Map<string, unknown>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', new Uint8Array(Buffer.concat([head, id, key]))],
  ]);
  const answer = answerTo(challenge);
  const named = base64url(id);
  const attestationObject = base64url(isoCBOR.encode(said as never));
  const made = { ...answer, id: named, rawId: named, response: { ...answer.response, attestationObject } };
  return { id: named, privateKey, made };
}

function authenticatorData(flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(new URL(ORIGIN).hostname), Buffer.from([flags]), count]);
}

/** Signs a challenge by a key of the user with that id. */
export function signedBy(
  { id, privateKey }: Key,
  userId: string,
  challenge: string,
  { counter = 0, origin = ORIGIN, flags = VERIFIED } = {},
) {
  const clientDataJSON = clientData('webauthn.get', challenge, origin);
  const said = authenticatorData(flags, counter);
  const signature = sign('sha256', Buffer.concat([said, sha256(Buffer.from(clientDataJSON, 'base64url'))]), privateKey);
  return {
    id,
    rawId: id,
    type: 'public-key',
    response: {
      clientDataJSON,
      authenticatorData: base64url(said),
      signature: base64url(signature),
      userHandle: base64url(Buffer.from(userId.replaceAll('-', ''), 'hex')),
    },
  };
}
