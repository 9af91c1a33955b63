/** What admins set up, as it is handed to the writer. */
import type { SettingsPatch } from '../../protocol/settings.ts';
import type { By } from '../caller.ts';

export interface PatchSettingsChange {
  type: 'settings.patch';
  by: By;
  /** Ids in lower case. */
  patch: SettingsPatch;
}

export interface CreateCannedReplyChange {
  type: 'cannedReply.create';
  by: By;
  shortcut: string;
  text: string;
}

export interface PatchCannedReplyChange {
  type: 'cannedReply.patch';
  by: By;
  /** Its key. */
  reply: number;
  shortcut?: string;
  text?: string;
}

export interface DeleteCannedReplyChange {
  type: 'cannedReply.delete';
  by: By;
  reply: number;
}

export type SetupChange =
  | PatchSettingsChange
  | CreateCannedReplyChange
  | PatchCannedReplyChange
  | DeleteCannedReplyChange;
