/** People who do all that can be done to messages, over the project's own client, until they are told to stop. */
import type { Client } from '../../src/web/sdk/client.ts';
import { ParleyError } from '../../src/web/sdk/errors.ts';
import { seed } from '../seed.ts';
import { Chance } from './chance.ts';
import { sha256, type Told } from './told.ts';

export interface Member {
  name: string;
  client: Client;
  /** Their user's id. */
  user: string;
  /** The conversations in which they write. */
  where: string[];
}

/** What is done, each as often as it stands here. */
const DEEDS = ['send', 'send', 'send', 'send', 'file', 'edit', 'edit', 'delete', 'read', 'read'] as const;
const FILE_BYTES = 60_000;

/** How many things one does at the same time. */
const LANES = 3;
/** What a server that goes, or cannot just now, makes of a request: it is done again, or not. */
const LATER: ReadonlySet<string> = new Set(['NETWORK', 'TIMEOUT', 'OVERLOADED', 'STORAGE_FULL']);

let last = 0;

/** Everybody does several things at once, from now on; resolves when all that was begun has ended. */
export async function everybodyDoes(
  members: readonly Member[],
  told: Told,
  round: number,
  going: () => boolean,
): Promise<unknown> {
  return Promise.all(
    members.flatMap((member, place) =>
      Array.from({ length: LANES }, (_, lane) => keepDoing(member, told, new Chance(seed, round, place, lane), going)),
    ),
  );
}

/** One thing after another; what is under way when the server goes ends when it is there again. */
async function keepDoing(member: Member, told: Told, chance: Chance, going: () => boolean): Promise<void> {
  while (going()) {
    try {
      await doOne(member, told, chance);
    } catch (error) {
      if (error instanceof ParleyError && LATER.has(error.code)) {
        // A line that is lost refuses at once: everybody else needs their turn.
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      told.faults.push(`${member.name}: ${String(error)} ${(error as ParleyError).code}`);
      return;
    }
  }
}

async function doOne(member: Member, told: Told, chance: Chance): Promise<void> {
  const { client, user, name } = member;
  const id = chance.one(member.where);
  const deed = chance.one(DEEDS);
  last += 1;
  const text = `${name} ${deed} ${last}`;
  if (deed === 'send' || deed === 'file') {
    const bytes = deed === 'file' ? text.padEnd(1 + chance.below(FILE_BYTES), ` ${last}`) : null;
    const files = bytes === null ? [] : [new File([bytes], `${last}.txt`, { type: 'text/plain' })];
    const sending = client.send(id, { content: text, ...(files.length === 0 ? {} : { files }) });
    told.sending(sending.id, user, text, bytes === null ? null : sha256(bytes));
    told.sent(await sending.done);
  } else if (deed === 'read') {
    const seq = client.conversations.messages(id).at(-1)?.seq ?? 1;
    const path = `/v1/conversations/${id}/read`;
    const { readSeq } = await client.http.json<{ readSeq: number }>('POST', path, {
      seq: 1 + chance.below(seq),
    });
    told.read(id, user, readSeq);
  } else {
    const own = told.changeable(user);
    const fate = own[own.length - 1 - chance.below(Math.min(own.length, 20))];
    if (fate?.place == null) return void (await client.http.json('GET', '/v1/unread'));
    const where = fate.place.conversationId;
    if (deed === 'edit') await told.changing(fate, 'edits', text, client.edit(where, fate.id, text));
    else await told.changing(fate, 'deletes', null, client.delete(where, fate.id));
  }
}
