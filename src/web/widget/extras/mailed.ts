/** The way back that a mail gives: `#link=…&conversation=…`, a link that signs in once. */
import type { Core as Client } from '../../sdk/core.ts';
import type { Session } from '../session.ts';

/**
 * Signs in by the link, and finds the conversation. Used up, the link is still the way there for who is signed in.
 *
 * @param connect gives the client of whoever is here by then; undefined: nobody
 * @returns the conversation's id; undefined where it is not theirs, or gone
 */
export async function followMail(
  session: Session,
  connect: () => Promise<Client | undefined>,
): Promise<string | undefined> {
  const said = new URLSearchParams(location.hash.slice(1));
  const [link, conversation] = [said.get('link'), said.get('conversation')];
  // A secret stays in no history, and is not sent on.
  history.replaceState(history.state, '', location.pathname + location.search);
  if (!link || !conversation) return undefined;
  await session.enter(link).catch(() => {});
  const client = await connect();
  return client?.conversations.fetch(conversation).then(
    ({ id }) => id,
    () => undefined,
  );
}
