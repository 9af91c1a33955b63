/** What admins set up, as it is handed to the writer. */
import type { SettingsPatch } from '../../protocol/settings.ts';
import type { By } from '../caller.ts';

export interface PatchSettingsChange {
  type: 'settings.patch';
  by: By;
  /** Ids in lower case. */
  patch: SettingsPatch;
}

export type SetupChange = PatchSettingsChange;
