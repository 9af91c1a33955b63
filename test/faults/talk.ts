/** A meeting under a fault: everybody does what they can until enough was acknowledged, and is compared at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { asFile } from '../life/as-file.ts';
import { auditDatabase } from './audit.ts';
import { everybodyDoes } from './crowd.ts';
import { Meeting } from './meeting.ts';
import { Told } from './told.ts';

export interface Talk {
  meeting: Meeting;
  told: Told;
  folder: string;
  /** Stops, and fails unless all have what the server has, the file has what they were told, and it ends in order. */
  end(): Promise<void>;
}

export function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-faults-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param more of the server's environment */
export async function talk(t: Test, more: object = {}): Promise<Talk> {
  const folder = tempFolder(t);
  const told = new Told();
  const meeting = await Meeting.open(t, folder, { more });
  let going = true;
  const lanes = everybodyDoes(meeting.members, told, 0, () => going);
  return {
    meeting,
    told,
    folder,
    async end() {
      going = false;
      await lanes;
      t.same([...told.faults, ...(await meeting.differences(told))], [], 'everybody has what the server has');
      t.same(await meeting.end('SIGTERM'), [0, null], 'told to stop, it stops in order');
      t.same(auditDatabase(await asFile(t, folder), told, meeting.known), [], 'and the file what they were told');
    },
  };
}
