/** Visitors: people whom nobody has named, known by the token in their browser alone. */
import type { Writer } from '../../db/writer.ts';
import type { VisitorBody } from '../../protocol/http-visitors.ts';
import type { Me } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { Contexts } from './contexts.ts';
import type { BeginSession, Origin } from './new-session.ts';
import type { Sighted } from './people-change.ts';
import type { Users } from './users.ts';

export type Visitors = ReturnType<typeof createVisitors>;

export interface VisitorsParts {
  writer: Writer<Change, Publication>;
  beginSession: BeginSession;
  contexts: Contexts;
  users: Users;
  /** How long a visitor's token lives without being used. */
  tokenLifeMs: number;
}

export function createVisitors({ writer, beginSession, contexts, users, tokenLifeMs }: VisitorsParts) {
  return {
    /** An anonymous user and their token, told this once; who has a living token is told who they are, and keeps it. */
    async create(
      known: { caller: Caller; token: string } | null,
      body: VisitorBody,
      origin: Origin,
    ): Promise<{ user: Me; token: string; made: boolean }> {
      if ('identity' in body) throw misshapen('identity', 'is not supported yet');
      const { context, name, email, fields } = body;
      if (known !== null) {
        const { caller, token } = known;
        if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
        if (context !== undefined) contexts.tell(caller.id, context);
        return { user: await users.me(caller), token, made: false };
      }
      const { token, session } = beginSession('visitor', tokenLifeMs, origin);
      const { id, me } = await writer.submit<Sighted>({
        type: 'visitor.create',
        name: name ?? null,
        email: email?.toLowerCase() ?? null,
        fields: fields ?? {},
        session,
      });
      if (context !== undefined) contexts.tell(id, context);
      return { user: me, token, made: true };
    },
  };
}
