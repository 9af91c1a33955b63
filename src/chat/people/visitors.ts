/** Visitors: people whom nobody has named, known by the token in their browser alone; and how the host names them. */
import type { Writer } from '../../db/writer.ts';
import type { Identity, VisitorAnswer, VisitorBody } from '../../protocol/http-visitors.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { Contexts } from './contexts.ts';
import type { HostIdentities } from './host-identity.ts';
import type { BeginSession, Origin } from './new-session.ts';
import type { Named, Sighted } from './people-change.ts';
import type { Users } from './users.ts';

export type Visitors = ReturnType<typeof createVisitors>;

export interface VisitorsParts {
  writer: Writer<Change, Publication>;
  beginSession: BeginSession;
  contexts: Contexts;
  users: Users;
  hostIdentities: HostIdentities;
  /** Keys of the admins there are. */
  adminKeys: () => Promise<number[]>;
  /** Puts a user into the rooms that the host's token names. */
  claimRooms: (user: { id: number; uuid: string }, externalIds: readonly string[]) => Promise<void>;
  /** Resolves when a job has done its last step. */
  whenDone: (job: number) => Promise<void>;
  /** How long a visitor's token lives without being used. */
  tokenLifeMs: number;
  now: () => number;
}

/** Who calls, by a token that is good. */
interface Known {
  caller: Caller;
  token: string;
}

type NewVisitor = Exclude<VisitorBody, { identity: Identity }>;
type Answer = VisitorAnswer & { made: boolean };

export function createVisitors(parts: VisitorsParts) {
  const { writer, beginSession, contexts, users, tokenLifeMs } = parts;

  return {
    /** Who the host says is there; a visitor who calls becomes them. Their own living token is answered as it is. */
    async name(known: Known | null, identity: Identity, origin: Origin): Promise<Answer> {
      const { rooms, expiresAt: _, ...said } = parts.hostIdentities(identity, parts.now());
      if (known?.caller.kind === 'key') throw new Refusal('FORBIDDEN');
      const caller = known?.caller ?? null;
      const begun = beginSession('visitor', tokenLifeMs, origin);
      const { id, me, made, kept, conversations, job } = await writer.submit<Named>({
        type: 'visitor.name',
        ...said,
        visitor: caller?.anonymous === true ? caller.id : null,
        signedIn: caller !== null && caller.session !== null ? caller.id : null,
        admins: await parts.adminKeys(),
        session: begun.session,
      });
      if (caller?.anonymous === true) contexts.pass(caller.id, id);
      // Their tabs wait for the answer, and find everything there with the new token.
      if (job !== null) await parts.whenDone(job);
      if (rooms.length > 0) await parts.claimRooms({ id, uuid: me.id }, rooms);
      const token = kept && known !== null ? known.token : begun.token;
      return { user: me, token, made, ...(conversations.length > 0 ? { merged: conversations } : {}) };
    },

    /** An anonymous user and their token, told this once; who has a living token is told who they are, and keeps it. */
    async create(known: Known | null, body: NewVisitor, origin: Origin): Promise<Answer> {
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
