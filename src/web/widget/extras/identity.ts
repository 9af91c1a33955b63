/** Who writes here, as the page or a mail says it. */
import type { Ctx } from '../context.ts';
import type { Talk as Client } from '../light/talk.ts';
import type { Identity } from '../options.ts';
import type { Session } from '../session.ts';

/** Lets go of a client that is another's than the session's. */
function leaveAnother({ client }: Ctx, session: Session, leave: () => void): void {
  if (client?.user && client.user.id !== session.userId) leave();
}

/** @param leave lets go of whoever was here */
export async function identify(ctx: Ctx, session: Session, identity: Identity, leave: () => void): Promise<void> {
  try {
    await (await session.visitor()).identify(identity);
    // A visitor of the living client becomes the named user on the server, which tells the client; anybody else leaves.
    if (!ctx.client?.user?.anonymous) leaveAnother(ctx, session, leave);
    ctx.ensureClient();
  } catch (error) {
    ctx.emit('error', error);
    // biome-ignore lint/suspicious/noConsole: for the page's developer, whose identity was refused
    console.warn(`Parley: identify was refused: ${(error as Error).message}`);
  }
}

/**
 * Signs in by a mail's link (`#link=…&conversation=…`, which signs in once), and finds the conversation. Used up, the link
 * is still the way there for who is signed in.
 *
 * @returns the conversation's id; undefined where it is not theirs, or gone
 */
export async function followMail(ctx: Ctx, session: Session, leave: () => void): Promise<string | undefined> {
  const said = new URLSearchParams(location.hash.slice(1));
  const [link, conversation] = [said.get('link'), said.get('conversation')];
  // A secret stays in no history, and is not sent on.
  history.replaceState(history.state, '', location.pathname + location.search);
  if (!link || !conversation) return undefined;
  await session
    .visitor()
    .then((visitor) => visitor.enter(link))
    .catch(() => {});
  leaveAnother(ctx, session, leave);
  const client: Client | undefined = ctx.returns ? ctx.ensureClient() : undefined;
  return client?.conversations.fetch(conversation).then(
    ({ id }) => id,
    () => undefined,
  );
}
