/**
 * Who may do what that names no conversation. The words of the cells are those of `conversation-tables.ts`; `user` is
 * one whom the host names, `blocked` one of them. The last column is of API keys, by the only scope that they have:
 * tokens/users/messages/conversations/conversations:all/*, or all of them alike.
 */
import { table } from './table.ts';

export const callers = table(`
                                 visitor user blocked | peer agent admin bot | keys
  see themselves                 ok      ok   ok        ok   ok    ok    ok    403
  change themselves              ok      ok   blocked   ok   ok    ok    ok    403
  get a ticket                   ok      ok   ok        ok   ok    ok    ok    403
  list their sessions            ok      ok   ok        ok   ok    ok    ok    403
  end another's session          404     404  404       404  404   404   404   403
  see their second factor        ok      ok   ok        ok   ok    ok    ok    403
  begin a second factor          403     403  403       403  403   403   403   403
  confirm a second factor        403     403  403       403  403   403   403   403
  make recovery codes            403     403  403       403  403   403   403   403
  end their second factor        403     403  403       403  403   403   403   403
  list their passkeys            ok      ok   ok        ok   ok    ok    ok    403
  begin a passkey                404     404  404       404  404   404   404   403
  keep a passkey                 404     404  404       404  404   404   404   403
  rename another's passkey       404     404  404       404  404   404   404   403
  take another's passkey away    404     404  404       404  404   404   404   403
  be sent what they miss         ok      ok   blocked   ok   ok    ok    ok    403
  be sent nothing any more       404     404  404       404  404   404   404   403
  invite somebody                403     403  403       403  403   ok    403   403
  sign out                       ok      ok   ok        ok   ok    ok    ok    403
  mint a user's token            403     403  403       403  403   403   403   ok/403/403/403/403/ok
  mint an admin's token          403     403  403       403  403   403   403   403/403/403/403/403/ok
  list users                     403     403  403       403  ok    ok    403   403/ok/403/403/403/ok
  see a user                     404     404  404       404  ok    ok    404   403/ok/403/403/403/ok
  see who is nobody              404     404  404       404  404   404   404   403/404/403/403/403/404
  make a user                    403     403  403       403  403   ok    403   403/ok/403/403/403/ok
  make an admin                  403     403  403       403  403   ok    403   403/403/403/403/403/ok
  change a user                  404     404  404       404  403   ok    404   403/ok/403/403/403/ok
  make a user an admin           404     404  404       404  403   ok    404   403/403/403/403/403/ok
  change an admin                404     404  404       404  403   ok    404   403/403/403/403/403/ok
  change who is nobody           404     404  404       404  404   404   404   403/404/403/403/403/404
  take a user along              404     404  404       404  403   ok    404   403/ok/403/403/403/ok
  take an admin along            404     404  404       404  403   ok    404   403/403/403/403/403/ok
  take who is nobody along       404     404  404       404  404   404   404   403/404/403/403/403/404
  erase a user                   404     404  404       404  403   ok    404   403/ok/403/403/403/ok
  erase an admin                 404     404  404       404  403   ok    404   403/403/403/403/403/ok
  erase who is nobody            404     404  404       404  404   404   404   403/404/403/403/403/404
  reset a second factor          404     404  404       404  403   ok    404   403/ok/403/403/403/ok
  reset an admin's               404     404  404       404  403   ok    404   403/403/403/403/403/ok
  ask after what is done         403     403  403       403  403   404   403   403/404/403/403/403/404
  block a user                   404     404  blocked   404  ok    ok    404   403/ok/403/403/403/ok
  block an agent                 404     404  blocked   404  403   ok    404   403/ok/403/403/403/ok
  block an admin                 404     404  blocked   404  403   ok    404   403/403/403/403/403/ok
  unblock a user                 404     404  blocked   404  ok    ok    404   403/ok/403/403/403/ok
  unblock an agent               404     404  blocked   404  403   ok    404   403/ok/403/403/403/ok
  unblock an admin               404     404  blocked   404  403   ok    404   403/403/403/403/403/ok
  list API keys                  403     403  403       403  403   ok    403   403
  make an API key                403     403  403       403  403   ok    403   403
  see an API key                 404     404  404       404  404   ok    404   404
  widen an API key               404     404  404       404  404   ok    404   404
  take an API key away           404     404  404       404  404   ok    404   404
  see the settings               403     403  403       403  403   ok    403   403
  change the settings            403     403  403       403  403   ok    403   403
  read the audit                 403     403  403       403  403   ok    403   403
  see how the server is          403     403  403       403  403   ok    403   403
  see the tags in use            403     403  403       403  ok    ok    403   403
  see who answers what           403     403  403       403  ok    ok    403   403
  list canned replies            403     403  403       ok   ok    ok    403   403
  make a canned reply            403     403  403       403  403   ok    403   403
  see a canned reply             404     404  404       ok   ok    ok    404   404
  change a canned reply          404     404  404       403  403   ok    404   404
  take a canned reply away       404     404  404       403  403   ok    404   404
  list bots                      403     403  403       403  403   ok    403   403
  make a bot                     403     403  403       403  403   ok    403   403
  see a bot                      404     404  404       404  404   ok    404   404
  change a bot                   404     404  404       404  404   ok    404   404
  take a bot away                404     404  404       404  404   ok    404   404
  list webhooks                  403     403  403       403  403   ok    403   403
  make a webhook                 403     403  403       403  403   ok    403   403
  see a webhook                  404     404  404       404  404   ok    404   404
  see what became of its events  404     404  404       404  404   ok    404   404
  point a webhook elsewhere      404     404  404       404  404   ok    404   404
  get a webhook's new secret     404     404  404       404  404   ok    404   404
  try a webhook                  404     404  404       404  404   ok    404   404
  take a webhook away            404     404  404       404  404   ok    404   404
  list conversations             ok      ok   ok        ok   ok    ok    ok    403/403/403/ok/ok/ok
  list who waits                 403     403  403       ok   ok    ok    403   403/403/403/ok/ok/ok
  ask for support                ok      ok   blocked   400  400   400   400   403/403/403/400/403/400
  ask for support by one agent   403     403  blocked   400  400   400   400   403/403/403/400/403/400
  ask for support for another    403     403  blocked   403  ok    ok    403   403/403/403/ok/403/ok
  begin a direct conversation    403     ok   blocked   ok   ok    ok    403   403
  begin a room                   403     403  blocked   403  403   ok    403   403/403/403/ok/403/ok
  begin a room of the host's     403     403  blocked   403  403   ok    403   403/403/403/ok/403/ok
  write to support               ok      ok   blocked   403  403   403   403   403
  write to a queue               ok      ok   blocked   403  403   403   403   403
  write to a user                403     ok   blocked   ok   ok    ok    403   403
  write to the host's user       403     ok   blocked   ok   ok    ok    403   403
  write to a customer            403     403  blocked   403  ok    ok    403   403
  notify a customer              403     403  403       403  403   403   403   403/403/ok/403/403/ok
  show a picture                 403     ok   blocked   ok   ok    ok    ok    403
  show no picture                403     ok   blocked   ok   ok    ok    ok    403
  upload a file                  ok      ok   blocked   ok   ok    ok    ok    403
  catch up with everything       ok      ok   ok        ok   ok    ok    ok    403
  search                         ok      ok   ok        ok   ok    ok    ok    403/403/403/ok/ok/ok
  count what the team did        403     403  403       403  ok    ok    403   403/403/403/ok/403/ok
  count what is unread           ok      ok   ok        ok   ok    ok    ok    403
  look who is there              ok      ok   ok        ok   ok    ok    ok    403/ok/403/403/403/ok
  be away                        ok      ok   blocked   ok   ok    ok    ok    403
  listen                         ok      ok   blocked   ok   ok    ok    ok    403
  listen to the inbox            403     403  blocked   ok   ok    ok    403   403
  ask for their place            ok      ok   blocked   ok   ok    ok    ok    -
`);
