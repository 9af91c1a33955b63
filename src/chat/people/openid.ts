/**
 * Signing in by an OpenID provider. The page that begins keeps a secret of its own; what the provider sent the browser
 * back with is exchanged for a code of one use, and that, with the page's secret, for a session. So nobody can be signed
 * in by a link that somebody else has begun, and no token stands in any address.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { Me } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { createChallenges } from './challenges.ts';
import type { NewSession } from './people-change.ts';

/** From the button to the way back: a password and perhaps a second factor are typed in between. */
const AWAY_LIFE_MS = 10 * 60 * 1000;
const CODE_LIFE_MS = 60 * 1000;

/** What one way there and back is known by. */
export interface Journey {
  state: string;
  nonce: string;
  /** Of PKCE. */
  verifier: string;
}

/** What the provider says of who came back. */
export interface Claims {
  issuer: string;
  subject: string;
  /** Null: none, or none that the provider has verified. */
  email: string | null;
  name: string | null;
}

/** The door to the provider. */
export interface OpenidProvider {
  name: string;
  /** Where the browser is to go. Throws when the provider does not answer. */
  addressFor(journey: Journey): Promise<string>;
  /** @param query what the browser came back with. Throws when it, or what it is exchanged for, is not as it must be */
  claimsOf(query: string, journey: Journey): Promise<Claims>;
}

/** The one that began. */
interface Page {
  /** The digest of its secret. */
  page: string;
}

/** Why somebody who came back does not come in: told to the page. */
export type OpenidFailure = 'denied' | 'expired' | 'failed' | 'unverified' | 'domain';

export interface OpenidParts {
  store: Pick<Store, 'passing'>;
  writer: Writer<Change, Publication>;
  /** Null: none is set up. */
  provider: OpenidProvider | null;
  /** Of addresses that may come in; none: all. */
  domains: readonly string[];
  /** What people become whom nobody knows. */
  unknown: 'refuse' | 'peer' | 'agent';
  onError: (error: unknown) => void;
  now: () => number;
}

export type Openid = ReturnType<typeof createOpenid>;

export function createOpenid({ store, writer, provider, domains, unknown, onError, now }: OpenidParts) {
  const away = createChallenges<Omit<Journey, 'state'> & Page>(store.passing('openid away'), AWAY_LIFE_MS, now);
  const back = createChallenges<Claims & Page>(store.passing('openid back'), CODE_LIFE_MS, now);

  function known(): OpenidProvider {
    if (provider === null) throw new Refusal('NOT_FOUND');
    return provider;
  }

  function missing({ email }: Claims): OpenidFailure | null {
    if (email === null) return 'unverified';
    const domain = email.slice(email.lastIndexOf('@') + 1);
    return domains.length === 0 || domains.includes(domain) ? null : 'domain';
  }

  return {
    /** What the team calls the provider; null: none is set up. */
    name: provider?.name ?? null,

    /** @param secret of the page that begins. @returns where the browser is to go */
    async begin(secret: string): Promise<string> {
      const there = known();
      const [nonce, verifier] = [random(), random()];
      const { secret: state } = await away.put({ nonce, verifier, page: digestOf(secret) });
      try {
        return await there.addressFor({ state, nonce, verifier });
      } catch (error) {
        onError(error);
        throw new Refusal('OVERLOADED', { message: 'The provider does not answer.', retryMs: 5_000 });
      }
    },

    /** @param query what the browser came back with. @returns a code for the page, or why there is none */
    async comeBack(query: string): Promise<{ code: string } | { failure: OpenidFailure }> {
      const there = known();
      const said = new URLSearchParams(query);
      const state = said.get('state') ?? '';
      const journey = await away.take(state);
      if (journey === undefined) return { failure: 'expired' };
      if (said.has('error')) return { failure: 'denied' };
      const { page, ...rest } = journey;
      try {
        const claims = await there.claimsOf(query, { state, ...rest });
        const failure = missing(claims);
        return failure === null ? { code: (await back.put({ ...claims, page })).secret } : { failure };
      } catch (error) {
        onError(error);
        return { failure: 'failed' };
      }
    },

    /** The end of it, for the page that began. A code that another page shows is worth nothing from then on. */
    async signIn(code: string, secret: string, session: NewSession): Promise<Me> {
      known();
      const found = await back.take(code);
      if (found?.email == null || !isOf(found, secret)) throw new Refusal('UNAUTHENTICATED');
      const { issuer, subject, email, name } = found;
      return writer.submit<Me>({
        type: 'openid.signIn',
        issuer,
        subject,
        email,
        name,
        unknown: unknown === 'refuse' ? null : unknown,
        session,
      });
    },
  };
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function isOf({ page }: Page, secret: string): boolean {
  return timingSafeEqual(Buffer.from(page, 'hex'), Buffer.from(digestOf(secret), 'hex'));
}
