import type { Draft } from '../../protocol/draft.ts';
import type { Message } from '../../protocol/message.ts';
import type { To } from '../../protocol/to.ts';
import type { ClientCode, ParleyError } from './errors.ts';

/** Where a message goes: a conversation, or whom it is for. */
export type Target = { conversationId: string } | { to: To };

/** Why a message failed, or why it has to wait. */
type Reason = { code: ClientCode; message: string; details?: Record<string, unknown> | undefined };

/** A message that is not acknowledged yet. Its id is the message's, so that it is never stored twice. */
export type OutboxItem = {
  readonly id: string;
  readonly target: Target;
  readonly draft: Draft;
  readonly ifSeq?: number | undefined;
  readonly createdAt: number;
  /** `failed`: it stays, with its reason, until `retry` or `discard`. `sent` and `discarded` are told once. */
  readonly state: 'queued' | 'sending' | 'failed' | 'sent' | 'discarded';
  readonly error?: Reason | undefined;
  /** When it is tried again by itself, in milliseconds since 1970. */
  readonly retryAt?: number | undefined;
  /** While its files are uploaded: how much of them is, from 0 to 1. */
  readonly progress?: number | undefined;
  /** Once sent. */
  readonly message?: Message | undefined;
};

/** What is kept of an unsent message over a reload. */
export type Kept = {
  id: string;
  /** Whose it is; undefined until somebody was signed in. */
  user: string | undefined;
  target: Target;
  draft: Draft;
  ifSeq: number | undefined;
  createdAt: number;
  /** Why it failed. */
  error: Reason | undefined;
  /** How many files are yet to be uploaded. They live in the page's memory and go with it. */
  missing: number;
};

/** An unsent message as the outbox has it. */
export type Unsent = Kept & {
  state: OutboxItem['state'];
  tries: number;
  /** How often the server made a mistake with it; whether its files were uploaded once more. */
  mistakes: number;
  uploadedAgain: boolean;
  retryAt: number | undefined;
  progress: number | undefined;
  files: readonly Blob[];
  /** Ends the upload that is under way, if one is. */
  endUpload(): void;
  /** Attachments that the draft had of its own, beside the files. */
  given: readonly string[];
  waiters: { resolve(message: Message): void; reject(error: ParleyError): void }[];
};

/** As a new one, or as one that was taken over: as it failed, or as one whose files went with the page, or waiting. */
export function unsent(kept: Kept, files: readonly Blob[] = []): Unsent {
  const lost = kept.missing > files.length;
  const error =
    kept.error ?? (lost ? { code: 'ATTACHMENT_GONE' as const, message: 'the page closed first' } : undefined);
  return {
    ...kept,
    error,
    state: error ? 'failed' : 'queued',
    tries: 0,
    mistakes: 0,
    uploadedAgain: false,
    retryAt: undefined,
    progress: undefined,
    files,
    endUpload: () => {},
    given: kept.draft.attachments ?? [],
    waiters: [],
  };
}

/** As the page sees it: a copy, which a later step of it does not change. */
export function viewOf(item: Unsent, message?: Message): OutboxItem {
  return { ...item, message } as OutboxItem;
}
