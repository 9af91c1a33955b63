/**
 * All about one user as the files of an archive, one after another and each in pieces: nothing is whole in memory. In
 * conversations that who asks may not read stands what the user wrote, and nobody else's word.
 */
import type { Readers } from '../../db/readers.ts';
import type { Writer } from '../../db/writer.ts';
import type { FileStore } from '../../files/store.ts';
import { normaliseId } from '../../protocol/id.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { ExportedConversation, ExportedFile, ExportPage } from '../readings/export.ts';
import type { SlowReadings } from '../readings/slow-readings.ts';

/** A file of the archive. */
export interface ExportEntry {
  name: string;
  bytes: AsyncIterable<string | Uint8Array>;
  /** Not to be shrunk: most files are already. */
  asItIs?: boolean;
}

export interface ExportsParts {
  writer: Writer<Change, Publication>;
  slow: Readers<SlowReadings>;
  files: FileStore;
}

/** A page's readings that go from the newest down. */
const NEWEST = Number.MAX_SAFE_INTEGER;

export function createExports({ writer, slow, files }: ExportsParts) {
  /** @param withFiles also the bytes of attachments */
  async function* entries(
    caller: Caller,
    id: string,
    user: Awaited<ReturnType<typeof slow.read<'exportUser'>>>,
    withFiles: boolean,
  ): AsyncGenerator<ExportEntry> {
    yield { name: 'user.json', bytes: one(user.about) };
    yield { name: 'sessions.json', bytes: list((after) => slow.read('exportSessions', caller, id, after), NEWEST) };
    yield { name: 'audit.json', bytes: list((after) => slow.read('exportAudit', caller, id, after), NEWEST) };
    if (withFiles) yield* bytesOf(user.files);
    for (const reading of ['exportOwn', 'exportAnswered'] as const) {
      for await (const key of pagesOf((after) => slow.read(reading, caller, id, after), 0)) {
        const conversation = await slow.read('exportConversation', caller, id, key);
        if (conversation === null) continue;
        const attached: ExportedFile[] = [];
        const bytes = conversationJson(caller, id, conversation, attached);
        yield { name: `conversations/${conversation.about.id}.json`, bytes };
        if (withFiles) yield* bytesOf(attached);
      }
    }
  }

  /** @param attached gains the files of its messages */
  async function* conversationJson(
    caller: Caller,
    id: string,
    { thread, side, about }: ExportedConversation,
    attached: ExportedFile[],
  ): AsyncGenerator<string> {
    const messages = (of: number) =>
      list(async (after) => {
        const page = await slow.read('exportMessages', caller, id, of, after);
        attached.push(...page.files);
        return page;
      }, 0);
    yield `{"conversation":${JSON.stringify(about)},"messages":`;
    yield* messages(thread);
    if (side !== null) {
      yield ',"notes":';
      yield* messages(side);
    }
    yield '}\n';
  }

  /** What was deleted meanwhile is not there any more. */
  async function* bytesOf(all: readonly ExportedFile[]): AsyncGenerator<ExportEntry> {
    for (const { id, name, hash } of all) {
      const bytes = await files.read(hash);
      if (bytes !== null) yield { name: `files/${id}/${name}`, bytes, asItIs: true };
    }
  }

  /** Throws `NOT_FOUND` and `FORBIDDEN` before anything is written; who may no longer ask gets no more of it. */
  return async (caller: Caller, userId: string, withFiles: boolean): Promise<AsyncGenerator<ExportEntry>> => {
    const id = normaliseId(userId);
    const oneself = caller.kind === 'user' && caller.uuid === id;
    if (!oneself && caller.kind === 'user' && !isTeam(caller.role)) throw new Refusal('NOT_FOUND');
    if (!oneself) await writer.submit({ type: 'user.export', by: byOf(caller), user: id });
    return entries(caller, id, await slow.read('exportUser', caller, id), withFiles);
  };
}

async function* one(value: object): AsyncGenerator<string> {
  yield `${JSON.stringify(value)}\n`;
}

/** The items of all pages. */
async function* pagesOf<T>(read: (after: number) => Promise<ExportPage<T>>, from: number): AsyncGenerator<T> {
  for (let after: number | null = from; after !== null; ) {
    const page: ExportPage<T> = await read(after);
    yield* page.items;
    after = page.next;
  }
}

/** {@link pagesOf} as a JSON array. */
async function* list(read: (after: number) => Promise<ExportPage<object>>, from: number): AsyncGenerator<string> {
  let first = true;
  yield '[';
  for await (const item of pagesOf(read, from)) {
    yield `${first ? '' : ','}\n${JSON.stringify(item)}`;
    first = false;
  }
  yield ']';
}
