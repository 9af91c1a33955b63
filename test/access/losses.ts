/** The ways to lose one's access, and what whoever loses it is told. */
import type { Actor, TestApp } from '../helper.ts';
import { must } from './cast.ts';
import type { Stage } from './stages.ts';

/** What a way may use: who loses, in which conversation, and who takes it from them. */
interface Losing {
  app: TestApp;
  loser: Actor;
  stage: Stage;
  changer: Actor;
  admin: Actor;
  host: Pick<Actor, 'request'>;
  /** Lets that much time go by, ms. */
  pass: (ms: number) => void;
}

export interface Loss {
  end: (losing: Losing) => Promise<unknown>;
  /** The close code of open lines; null: they stay, and are told `conversation.removed`. */
  code: number | null;
  /** What the token is told afterwards: by HTTP where it commands, and by hello. Null: it is good. */
  commands: string | null;
  hello: string | null;
  /** What reading is told by HTTP. */
  reads: string | null;
  /** What some operations are told instead. */
  besides?: Record<string, string>;
}

export const PASSWORD = 'correct horse battery';

/** Access to one conversation ends; the credential is as good as before. */
const ofOne = (end: Loss['end']): Loss => ({ end, code: null, commands: 'NOT_FOUND', hello: null, reads: 'NOT_FOUND' });
/** The credential ends, and with it all access. */
const signedOut = (end: Loss['end']): Loss => ({
  end,
  code: 4201,
  commands: 'UNAUTHENTICATED',
  hello: 'UNAUTHENTICATED',
  reads: 'UNAUTHENTICATED',
});

const patch = (by: 'admin' | 'changer', body: (losing: Losing) => object) => async (losing: Losing) =>
  must(await losing[by].request('PATCH', `conversations/${losing.stage.id}`, body(losing)));
const takeOut = (by: 'host' | 'changer' | 'loser') => async (losing: Losing) =>
  must(await losing[by].request('DELETE', `conversations/${losing.stage.id}/participants/${losing.loser.user.id}`));
const change =
  (body: object) =>
  async ({ admin, loser }: Losing) =>
    must(await admin.request('PATCH', `users/${loser.user.id}`, body));

export const lossesOfRoom: Record<string, Loss> = {
  'taken out by the host': ofOne(takeOut('host')),
  'taken out by a moderator': ofOne(takeOut('changer')),
  'gone of oneself': ofOne(takeOut('loser')),
};

/** Of a peer in charge. */
export const lossesOfCharge: Record<string, Loss> = {
  'given back by the team': ofOne(patch('admin', () => ({ assigneeId: null }))),
  'given back by oneself': ofOne(async ({ loser, stage }) =>
    must(await loser.request('PATCH', `conversations/${stage.id}`, { assigneeId: null })),
  ),
  'given to another': ofOne(patch('admin', ({ admin }) => ({ assigneeId: admin.user.id }))),
};

/** Of a peer who sees it wait. A claim is judged by role and queue, not by reading: who comes second is told so. */
const ofQueue = (end: Loss['end'], claim: string): Loss => ({ ...ofOne(end), besides: { 'claim it': claim } });

export const lossesOfQueue: Record<string, Loss> = {
  'given to somebody': ofQueue(
    patch('admin', ({ admin }) => ({ assigneeId: admin.user.id })),
    'ALREADY_CLAIMED',
  ),
  'taken by who answers': ofQueue(
    async ({ admin, stage }) =>
      must(await admin.request('POST', `conversations/${stage.id}/messages`, { content: 'I have it.' })),
    'ALREADY_CLAIMED',
  ),
};

/** The same: closed it waits no more. With the customer's next message it would. */
export const closing: Loss = ofQueue(
  patch('admin', () => ({ status: 'closed' })),
  'CLOSED',
);

const login = async ({ app, loser }: Losing) =>
  must(await app.request('POST', 'auth/login', { email: loser.user.email, password: PASSWORD }));

/** Of one who has a password. */
export const lossesOfLogin: Record<string, Loss> = {
  'signed out': signedOut(async ({ loser }) => must(await loser.request('POST', 'auth/logout'))),
  'their session ended from another': signedOut(async (losing) => {
    const other = await login(losing);
    const { items } = must(await losing.loser.request('GET', 'me/sessions'));
    const { id } = items.find(({ current }: { current: boolean }) => current);
    must(await losing.app.request('DELETE', `me/sessions/${id}`, undefined, other.token));
  }),
  'a new password by an admin': signedOut(change({ password: 'another horse battery' })),
  'a new password of their own, elsewhere': signedOut(async (losing) => {
    const { token } = await login(losing);
    const body = { password: 'another horse battery', currentPassword: PASSWORD };
    must(await losing.app.request('PATCH', 'me', body, token));
  }),
};

/** Of anybody who is known. */
export const lossesOfCredential: Record<string, Loss> = {
  disabled: signedOut(change({ disabled: true })),
  blocked: {
    end: async ({ admin, loser }) => must(await admin.request('POST', `users/${loser.user.id}/block`)),
    code: 4202,
    commands: 'BLOCKED',
    hello: 'BLOCKED',
    reads: null,
  },
  'signed out': lossesOfLogin['signed out'] as Loss,
  'its time over': {
    end: async ({ pass }) => pass(61_000),
    code: 4002,
    commands: 'TOKEN_EXPIRED',
    hello: 'TOKEN_EXPIRED',
    reads: 'TOKEN_EXPIRED',
  },
};

/** Of a customer without a name. Blocked or not, for a customer there is no side conversation that could hold a note. */
export const lossesOfVisitor: Record<string, Loss> = {
  blocked: { ...(lossesOfCredential.blocked as Loss), besides: { 'leave a note': 'NOT_FOUND' } },
  'signed out': lossesOfCredential['signed out'] as Loss,
};

/** Of one of the team: the token stays, what it may read is another. */
export const lossesOfRole: Record<string, Loss> = {
  'a user from now on': { ...ofOne(change({ role: 'user' })), code: 4001 },
  'a peer from now on': { ...ofOne(change({ role: 'peer' })), code: 4001 },
};
