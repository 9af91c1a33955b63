/** The settings as they are told: what was never set is as it is at the beginning. */
import type { Settings } from '../../protocol/settings.ts';

export function settingsView(kept: Partial<Settings> | undefined): Settings {
  const {
    firstAssignee,
    offered = [],
    retentionDays = null,
    hours = null,
    away = '',
    look = {},
    texts = {},
    typingText = false,
  } = kept ?? {};
  return {
    firstAssignee: { agent: null, peer: null, ...firstAssignee },
    offered,
    retentionDays,
    hours,
    away,
    look,
    texts,
    typingText,
  };
}
