/**
 * Who may do what to a conversation whose id they name. DESIGN's section "Who may do what", cell by cell.
 *
 * ok       done, or shown
 * 404      not there, or not for them: the same bytes
 * 403      they may know that it is there, and may not do this
 * 409      somebody else has it
 * 400      what is asked is not for conversations of this kind
 * blocked  a blocked user commands nothing, and still reads by HTTP; their lines are closed
 * -        nobody of that sort ever wrote there
 *
 * A row is an operation of `operations.ts`; a cell holds for every route and every command that leads to it.
 */
import type { Kind } from './scenes.ts';
import { type Table, table } from './table.ts';

/**
 * peer:charge has it, peer:queue sees it wait in the peers' queue, of peer:other nothing is there, peer:former had it
 * before. The customer is named or not: `visitor` and `user` are others.
 */
const support = table(`
                          customer blocked | visitor user | agent admin | peer:charge peer:queue peer:other peer:former | bot:charge bot:other
  see it                  ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  see its history         ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  see a message           ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  fetch a file            ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  see who is in it        ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  catch up                ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  take it along           ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  search in it            ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  count what is in it     ok       ok        404     404    ok    ok      ok          ok         404        404           ok         404
  view it                 ok       blocked   404     404    ok    ok      ok          ok         404        404           ok         404
  write                   ok       blocked   404     404    ok    ok      ok          403        404        404           ok         404
  write as the system     403      403       403     403    403   403     403         403        403        403           403        403
  type                    ok       blocked   404     404    ok    ok      ok          403        404        404           ok         404
  mark as read            ok       blocked   404     404    ok    ok      ok          ok         404        404           ok         404
  mark as delivered       ok       blocked   404     404    ok    ok      ok          ok         404        404           ok         404
  edit their own          ok       blocked   -       -      ok    ok      ok          403        -          404           403        -
  edit another's          403      blocked   404     404    403   403     403         403        404        404           403        404
  delete their own        ok       blocked   -       -      ok    ok      ok          ok         -          404           ok         -
  delete another's        403      blocked   404     404    ok    ok      403         403        404        404           403        404
  stop an answer          ok       blocked   404     404    ok    ok      ok          403        404        404           ok         404
  close it                403      blocked   404     404    ok    ok      ok          403        404        404           403        404
  rename it               403      blocked   404     404    ok    ok      403         403        404        404           403        404
  put an agent in charge  403      blocked   404     404    ok    ok      403         403        404        404           403        404
  put nobody in charge    403      blocked   404     404    ok    ok      ok          403        404        404           403        404
  delete it               403      blocked   404     404    403   ok      403         403        404        404           403        404
  tag it                  403      blocked   404     404    ok    ok      403         403        404        404           403        404
  put it off              403      blocked   404     404    ok    ok      403         403        404        404           403        404
  claim it                404      blocked   404     404    ok    409     ok          ok         404        404           404        404
  hand it over            ok       blocked   404     404    ok    ok      ok          403        404        404           ok         404
  rate it                 403      blocked   404     404    403   403     403         403        404        404           403        404
  leave a note            404      404       404     404    ok    ok      ok          404        404        404           404        404
  bring somebody in       403      blocked   404     404    403   403     403         403        404        404           403        404
  bring in who is nobody  403      blocked   404     404    403   403     403         403        404        404           403        404
  take another out        403      blocked   404     404    403   403     403         403        404        404           403        404
  take a stranger out     403      blocked   404     404    403   403     403         403        404        404           403        404
  leave                   403      blocked   404     404    403   403     403         403        404        404           403        404
`);

/** By the id of the side conversation: good for history, catching up, writing, editing and deleting, by the team. */
const side = table(`
                          customer blocked | visitor user | agent admin | peer:charge peer:queue peer:other peer:former | bot:charge bot:other
  see it                  404      404       404     404    404   404     404         404        404        404           404        404
  see its history         404      404       404     404    ok    ok      ok          404        404        404           404        404
  see a message           404      404       404     404    ok    ok      ok          404        404        404           404        404
  fetch a file            404      404       404     404    ok    ok      ok          404        404        404           404        404
  see who is in it        404      404       404     404    404   404     404         404        404        404           404        404
  catch up                404      404       404     404    ok    ok      ok          404        404        404           404        404
  take it along           404      404       404     404    404   404     404         404        404        404           404        404
  search in it            404      404       404     404    ok    ok      ok          404        404        404           404        404
  count what is in it     404      404       404     404    ok    ok      ok          404        404        404           404        404
  view it                 404      blocked   404     404    400   400     400         404        404        404           404        404
  write                   404      blocked   404     404    ok    ok      ok          404        404        404           404        404
  write as the system     403      403       403     403    403   403     403         403        403        403           403        403
  type                    404      404       404     404    400   400     400         404        404        404           404        404
  mark as read            404      blocked   404     404    400   400     400         404        404        404           404        404
  mark as delivered       404      404       404     404    400   400     400         404        404        404           404        404
  edit their own          -        -         -       -      ok    ok      ok          404        -          404           -          -
  edit another's          404      blocked   404     404    403   403     403         404        404        404           404        404
  delete their own        -        -         -       -      ok    ok      ok          404        -          404           -          -
  delete another's        404      blocked   404     404    ok    ok      403         404        404        404           404        404
  stop an answer          404      blocked   404     404    ok    ok      ok          404        404        404           404        404
  close it                404      blocked   404     404    404   404     404         404        404        404           404        404
  rename it               404      blocked   404     404    404   404     404         404        404        404           404        404
  put an agent in charge  404      blocked   404     404    404   404     404         404        404        404           404        404
  put nobody in charge    404      blocked   404     404    404   404     404         404        404        404           404        404
  delete it               404      blocked   404     404    404   404     404         404        404        404           404        404
  tag it                  404      blocked   404     404    404   404     404         404        404        404           404        404
  put it off              404      blocked   404     404    404   404     404         404        404        404           404        404
  claim it                404      blocked   404     404    404   404     404         404        404        404           404        404
  hand it over            404      blocked   404     404    404   404     404         404        404        404           404        404
  rate it                 404      blocked   404     404    404   404     404         404        404        404           404        404
  leave a note            404      404       404     404    404   404     404         404        404        404           404        404
  bring somebody in       404      blocked   404     404    404   404     404         404        404        404           404        404
  bring in who is nobody  404      blocked   404     404    404   404     404         404        404        404           404        404
  take another out        404      blocked   404     404    404   404     404         404        404        404           404        404
  take a stranger out     404      blocked   404     404    404   404     404         404        404        404           404        404
  leave                   404      blocked   404     404    404   404     404         404        404        404           404        404
`);

/** The two, of whatever role, and nobody else: not even an admin. */
const direct = table(`
                          one agent:in blocked | visitor user agent admin peer bot
  see it                  ok  ok       ok        404     404  404   404   404  404
  see its history         ok  ok       ok        404     404  404   404   404  404
  see a message           ok  ok       ok        404     404  404   404   404  404
  fetch a file            ok  ok       ok        404     404  404   404   404  404
  see who is in it        ok  ok       ok        404     404  404   404   404  404
  catch up                ok  ok       ok        404     404  404   404   404  404
  take it along           ok  ok       ok        404     404  404   404   404  404
  search in it            ok  ok       ok        404     404  404   404   404  404
  count what is in it     ok  ok       ok        404     404  404   404   404  404
  view it                 ok  ok       blocked   404     404  404   404   404  404
  write                   ok  ok       blocked   404     404  404   404   404  404
  write as the system     403 403      403       403     403  403   403   403  403
  type                    ok  ok       blocked   404     404  404   404   404  404
  mark as read            ok  ok       blocked   404     404  404   404   404  404
  mark as delivered       ok  ok       blocked   404     404  404   404   404  404
  edit their own          ok  ok       blocked   -       -    -     -     -    -
  edit another's          403 403      blocked   404     404  404   404   404  404
  delete their own        ok  ok       blocked   -       -    -     -     -    -
  delete another's        403 403      blocked   404     404  404   404   404  404
  stop an answer          ok  ok       blocked   404     404  404   404   404  404
  close it                403 403      blocked   404     404  404   404   404  404
  rename it               403 403      blocked   404     404  404   404   404  404
  put an agent in charge  403 403      blocked   404     404  404   404   404  404
  put nobody in charge    403 403      blocked   404     404  404   404   404  404
  delete it               403 403      blocked   404     404  404   404   404  404
  tag it                  403 403      blocked   404     404  404   404   404  404
  put it off              403 403      blocked   404     404  404   404   404  404
  claim it                404 404      blocked   404     404  404   404   404  404
  hand it over            403 403      blocked   404     404  404   404   404  404
  rate it                 403 403      blocked   404     404  404   404   404  404
  leave a note            404 404      404       404     404  404   404   404  404
  bring somebody in       403 403      blocked   404     404  404   404   404  404
  bring in who is nobody  403 403      blocked   404     404  404   404   404  404
  take another out        403 403      blocked   404     404  404   404   404  404
  take a stranger out     403 403      blocked   404     404  404   404   404  404
  leave                   403 403      blocked   404     404  404   404   404  404
`);

/**
 * Who is in it now; `former` was in it, and wrote. Whoever is in it may leave. By the host's own id a moderator brings in
 * whom the host has named; whom it has not is nobody, and stays so.
 */
const room = table(`
                          member moderator agent:in blocked | former visitor user agent admin peer bot
  see it                  ok     ok        ok       ok        404    404     404  404   404   404  404
  see its history         ok     ok        ok       ok        404    404     404  404   404   404  404
  see a message           ok     ok        ok       ok        404    404     404  404   404   404  404
  fetch a file            ok     ok        ok       ok        404    404     404  404   404   404  404
  see who is in it        ok     ok        ok       ok        404    404     404  404   404   404  404
  catch up                ok     ok        ok       ok        404    404     404  404   404   404  404
  take it along           ok     ok        ok       ok        404    404     404  404   404   404  404
  search in it            ok     ok        ok       ok        404    404     404  404   404   404  404
  count what is in it     ok     ok        ok       ok        404    404     404  404   404   404  404
  view it                 ok     ok        ok       blocked   404    404     404  404   404   404  404
  write                   ok     ok        ok       blocked   404    404     404  404   404   404  404
  write as the system     403    403       403      403       403    403     403  403   403   403  403
  type                    ok     ok        ok       blocked   404    404     404  404   404   404  404
  mark as read            ok     ok        ok       blocked   404    404     404  404   404   404  404
  mark as delivered       400    400       400      blocked   404    404     404  404   404   404  404
  edit their own          ok     ok        ok       blocked   404    -       -    -     -     -    -
  edit another's          403    403       403      blocked   404    404     404  404   404   404  404
  delete their own        ok     ok        ok       blocked   404    -       -    -     -     -    -
  delete another's        403    ok        403      blocked   404    404     404  404   404   404  404
  stop an answer          ok     ok        ok       blocked   404    404     404  404   404   404  404
  close it                403    ok        403      blocked   404    404     404  404   404   404  404
  rename it               403    ok        403      blocked   404    404     404  404   404   404  404
  put an agent in charge  403    400       403      blocked   404    404     404  404   404   404  404
  put nobody in charge    403    400       403      blocked   404    404     404  404   404   404  404
  delete it               403    403       403      blocked   404    404     404  404   404   404  404
  tag it                  403    400       403      blocked   404    404     404  404   404   404  404
  put it off              403    400       403      blocked   404    404     404  404   404   404  404
  claim it                404    404       404      blocked   404    404     404  404   404   404  404
  hand it over            403    403       403      blocked   404    404     404  404   404   404  404
  rate it                 403    403       403      blocked   404    404     404  404   404   404  404
  leave a note            404    404       404      404       404    404     404  404   404   404  404
  bring somebody in       403    ok        403      blocked   404    404     404  404   404   404  404
  bring in who is nobody  403    404       403      blocked   404    404     404  404   404   404  404
  take another out        403    ok        403      blocked   404    404     404  404   404   404  404
  take a stranger out     403    404       403      blocked   404    404     404  404   404   404  404
  leave                   ok     ok        ok       blocked   404    404     404  404   404   404  404
`);

export const people: Record<Kind, Table> = { support, side, direct, room };

/** The scopes that a cell of {@link keys} speaks of, in its order; a key with none of them is told 403 by all. */
export const KEY_SCOPES = ['messages', 'conversations', 'conversations:all', '*'] as const;

/**
 * The host, by its key: who reads needs `conversations`, and `conversations:all` for direct conversations and rooms;
 * who writes needs `messages` and writes as the system alone; who changes needs `conversations`. A key is nobody, so it
 * types nothing, reads nothing off and edits nothing.
 */
export const keys = table(`
                          support          side             direct           room
  see it                  403/ok/ok/ok     403/404/404/404  403/404/ok/ok    403/404/ok/ok
  see its history         403/ok/ok/ok     403/ok/ok/ok     403/404/ok/ok    403/404/ok/ok
  see a message           403/ok/ok/ok     403/ok/ok/ok     403/404/ok/ok    403/404/ok/ok
  fetch a file            403/ok/ok/ok     403/ok/ok/ok     403/404/ok/ok    403/404/ok/ok
  see who is in it        403/ok/ok/ok     403/404/404/404  403/404/ok/ok    403/404/ok/ok
  catch up                403/ok/ok/ok     403/ok/ok/ok     403/404/ok/ok    403/404/ok/ok
  take it along           403/ok/ok/ok     403/404/404/404  403/404/ok/ok    403/404/ok/ok
  search in it            403/ok/ok/ok     403/ok/ok/ok     403/404/ok/ok    403/404/ok/ok
  count what is in it     403/ok/ok/ok     403/ok/ok/ok     403/404/ok/ok    403/404/ok/ok
  view it                 -                -                -                -
  write                   403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  write as the system     ok/403/403/ok    ok/403/403/ok    ok/403/403/ok    ok/403/403/ok
  type                    403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  mark as read            403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  mark as delivered       403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  edit their own          -                -                -                -
  edit another's          403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  delete their own        -                -                -                -
  delete another's        403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  stop an answer          403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  close it                403/ok/403/ok    403/404/403/404  403/404/403/403  403/ok/403/ok
  rename it               403/ok/403/ok    403/404/403/404  403/404/403/403  403/ok/403/ok
  put an agent in charge  403/ok/403/ok    403/404/403/404  403/404/403/403  403/400/403/400
  put nobody in charge    403/ok/403/ok    403/404/403/404  403/404/403/403  403/400/403/400
  delete it               403/ok/403/ok    403/404/403/404  403/404/403/ok   403/ok/403/ok
  tag it                  403/ok/403/ok    403/404/403/404  403/404/403/403  403/400/403/400
  put it off              403/ok/403/ok    403/404/403/404  403/404/403/403  403/400/403/400
  claim it                403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  hand it over            403/ok/403/ok    403/404/403/404  403/404/403/403  403/403/403/403
  rate it                 403/403/403/403  403/403/403/403  403/403/403/403  403/403/403/403
  leave a note            403/403/403/403  403/404/404/404  403/404/404/404  403/404/404/404
  bring somebody in       403/403/403/403  403/404/403/404  403/404/403/403  403/ok/403/ok
  bring in who is nobody  403/403/403/403  403/404/403/404  403/404/403/403  403/ok/403/ok
  take another out        403/403/403/403  403/404/403/404  403/404/403/403  403/ok/403/ok
  take a stranger out     403/403/403/403  403/404/403/404  403/404/403/403  403/404/403/404
  leave                   -                -                -                -
`);
