/** Who calls: every route of its scope needs a bearer token, unless it says in its `config.auth` that it does not. */
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Caller } from '../chat/caller.ts';
import type { Identity } from '../chat/people/identity.ts';
import { Refusal } from '../protocol/refusal.ts';

export interface KnownCaller {
  caller: Caller;
  token: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `none`: for anybody, a token is not looked at. `optional`: for anybody, but a token that is there must be good.
     * `late`: the same, unless the route finds in the body that it does not matter: why not stands in `refused`.
     */
    auth?: 'none' | 'optional' | 'late';
    /** The body is a form with one file. */
    takesFile?: true;
  }
  interface FastifyRequest {
    /** Who calls. Refuses where nobody said who they are. */
    readonly caller: Caller;
    /** Who calls and with which token, where a route lets anybody in. */
    known: KnownCaller | null;
    /** Why the token is no good, where a route asks for that itself. */
    refused: Refusal | null;
  }
}

export interface AuthenticationOptions {
  identity: Pick<Identity, 'signIn'>;
  /** Puts a user into the rooms that the host's token names. */
  joinRooms: (caller: Caller, rooms: readonly string[]) => Promise<void>;
}

/** The one form of an Authorization header that is taken. */
export const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

export const authentication = fp<AuthenticationOptions>(async (app, { identity, joinRooms }) => {
  app.decorateRequest('known', null);
  app.decorateRequest('refused', null);
  app.decorateRequest('caller', {
    getter(this: FastifyRequest) {
      if (this.known === null) throw new Refusal('UNAUTHENTICATED');
      return this.known.caller;
    },
  });

  async function known(authorization: string, ip: string): Promise<FastifyRequest['known']> {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined)
      throw new Refusal('UNAUTHENTICATED', { message: 'Authorization must be "Bearer <token>".' });
    const { caller, rooms } = await identity.signIn(token, ip);
    if (rooms.length > 0) await joinRooms(caller, rooms);
    return { caller, token };
  }

  app.addHook('onRequest', async (request) => {
    const { auth } = request.routeOptions.config;
    if (request.is404 || auth === 'none') return;
    const { authorization } = request.headers;
    if (authorization === undefined) {
      if (auth === undefined) throw new Refusal('UNAUTHENTICATED');
      return;
    }
    try {
      request.known = await known(authorization, request.ip);
    } catch (error) {
      if (auth !== 'late' || !(error instanceof Refusal)) throw error;
      request.refused = error;
    }
  });
});
