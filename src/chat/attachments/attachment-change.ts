/** What may be asked to change about files. Their bytes are on the disk before a change speaks of them. */
import type { By } from '../caller.ts';

/** A file was uploaded: its record waits for the message that will have it. */
export interface PutAttachmentChange {
  type: 'attachment.put';
  by: By;
  /** The new attachment's UUID. */
  id: string;
  /** SHA-256, hex. */
  hash: string;
  size: number;
  name: string;
  /** Media type. */
  mediaType: string;
  width: number | null;
  height: number | null;
}

/** Uploads that seem to wait for no message any more go, if they still wait. */
export interface SweepAttachmentsChange {
  type: 'attachment.sweep';
  attachments: string[];
  /** Those made before (ms). */
  before: number;
}

/** Somebody shows another picture of themselves, or none. */
export interface PutAvatarChange {
  type: 'avatar.put';
  by: By;
  picture: { hash: string; size: number; mediaType: string } | null;
}

/** Pictures that nobody seems to show any more, by their hashes, go, if that is so. */
export interface SweepAvatarsChange {
  type: 'avatar.sweep';
  hashes: string[];
}

export type AttachmentChange = PutAttachmentChange | SweepAttachmentsChange | PutAvatarChange | SweepAvatarsChange;
