/** The refresh token of a page: in a cookie that no script reads, so that a page's script can lose no more than minutes. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignIn } from '../chat/people/sessions.ts';

/** As long as the session may rest. The cookie is set anew with each refresh. */
const LIFE_S = 30 * 24 * 60 * 60;

export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  set(request: FastifyRequest, reply: FastifyReply, refreshToken: string): void;
  clear(request: FastifyRequest, reply: FastifyReply): void;
  /** A sign-in as it is answered: where a page asks for it, with the refresh token in the cookie instead. */
  answer(request: FastifyRequest, reply: FastifyReply, signIn: SignIn, inCookie?: boolean): SignIn;
}

/**
 * Over TLS it is `__Host-parley`: of this host alone, and never sent in the clear. Browsers refuse that name over plain
 * HTTP, where a server on one's own machine or in a closed network is tried: there it is `parley`, without `Secure`.
 *
 * @param publicUrl the server's own address, where the operator has said it; else the request tells
 */
export function sessionCookie(publicUrl: string | undefined): SessionCookie {
  const isSecure = ({ protocol }: FastifyRequest) =>
    publicUrl === undefined ? protocol === 'https' : publicUrl.startsWith('https:');
  const nameFor = (request: FastifyRequest) => (isSecure(request) ? '__Host-parley' : 'parley');

  function put(request: FastifyRequest, reply: FastifyReply, value: string, lifeS: number): void {
    const secure = isSecure(request) ? '; Secure' : '';
    reply.header(
      'set-cookie',
      `${nameFor(request)}=${value}; Path=/; Max-Age=${lifeS}; HttpOnly; SameSite=Strict${secure}`,
    );
  }

  const set: SessionCookie['set'] = (request, reply, refreshToken) => put(request, reply, refreshToken, LIFE_S);
  return {
    read(request) {
      const name = `${nameFor(request)}=`;
      const pairs = request.headers.cookie?.split(';').map((pair) => pair.trim()) ?? [];
      return pairs.find((pair) => pair.startsWith(name))?.slice(name.length) || undefined;
    },
    set,
    clear: (request, reply) => put(request, reply, '', 0),
    answer(request, reply, signIn, inCookie = false) {
      if (!inCookie || signIn.refreshToken === undefined) return signIn;
      set(request, reply, signIn.refreshToken);
      return { user: signIn.user, token: signIn.token };
    },
  };
}
