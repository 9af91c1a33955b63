/** What keeps files and rows in agreement: after a crash, and, by one of the servers, with uploads that are never sent. */
import type { Writer } from '../../db/writer.ts';
import type { FileStore } from '../../files/store.ts';
import { UPLOAD_LIFE_MS } from '../../protocol/limits.ts';
import type { Change } from '../change.ts';
import { type Duties, untilAborted } from '../duties.ts';
import type { Publication } from '../publication.ts';
import type { Readings } from '../readings/readings.ts';

const EVERY_MS = 10 * 60 * 1000;
/** Rows of one change: the writer has others to serve. */
const STEP = 100;

export interface UpkeepParts {
  writer: Writer<Change, Publication>;
  readings: Pick<Readings, 'files'>;
  files: FileStore;
  duties: Duties;
  /** ms */
  now: () => number;
  onError: (error: unknown) => void;
}

/**
 * Resolves when what a crash left behind is gone, or cannot be taken away yet; where others keep files too, that goes on
 * beside. Goes on until `stop`. A disk that takes no writes does not keep the server from being read.
 */
export async function startUpkeep({
  writer,
  readings,
  files,
  duties,
  now,
  onError,
}: UpkeepParts): Promise<{ stop(): Promise<void> }> {
  const { hashes, isKept, orphaned, avatars } = readings.files;
  /** Whether uploads are not this server's to look after, or not any more. */
  let stopped = false;
  let ending = false;

  async function sweep(): Promise<void> {
    while (!stopped) {
      const before = now() - UPLOAD_LIFE_MS;
      const attachments = await orphaned(before, STEP);
      if (attachments.length === 0) return;
      const swept = await writer.submit<number>({ type: 'attachment.sweep', attachments, before });
      // Sent in this very moment: the next time tells.
      if (swept === 0) return;
    }
  }

  async function sweepAvatars(): Promise<void> {
    let after = 0;
    while (!stopped) {
      const page = await avatars(after, STEP);
      const hashes = page.filter(({ shown }) => !shown).map(({ hash }) => hash);
      if (hashes.length > 0) await writer.submit({ type: 'avatar.sweep', hashes });
      after = page.at(-1)?.id ?? 0;
      if (page.length < STEP) return;
    }
  }

  let mended = false;

  async function mend(): Promise<void> {
    const missing = await files.mend(hashes, isKept);
    mended = true;
    if (missing.length === 0) return;
    onError(
      new Error(`of ${missing.length} files the bytes are missing: restore them from a backup (${missing[0]}, …)`),
    );
  }

  // A shared place may be far away, large, and not to be had just now: nobody waits for it.
  if (!files.isShared) await mend();
  const all = () => sweep().then(sweepAvatars).catch(onError);
  let last = Promise.resolve();
  const duty = duties.hold('uploads', async (held) => {
    stopped = false;
    last = all();
    const timer = setInterval(() => {
      last = last.then(all);
    }, EVERY_MS).unref();
    await untilAborted(held);
    stopped = true;
    clearInterval(timer);
    await last;
  });
  await last;
  const mendAndRemove = async () => {
    if (!mended && !ending) await mend();
    files.removeDue();
  };
  let mending = mendAndRemove().catch(onError);
  const timer = setInterval(() => {
    mending = mending.then(mendAndRemove).catch(onError);
  }, EVERY_MS).unref();
  return {
    async stop() {
      ending = true;
      clearInterval(timer);
      await Promise.all([duty.end(), mending]);
    },
  };
}
