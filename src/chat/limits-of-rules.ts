import type { Config } from '../config.ts';
import type { Limits } from './decide/rule.ts';

/** What of the settings the rules know. */
export function limitsOfRules(config: Config): Limits {
  return {
    maxLength: config.maxLength,
    editWindowMs: config.editWindowMs,
    direct: config.direct,
    sends: { rate: config.sendRate, burst: config.sendBurst },
    visitorSends: { rate: config.visitorSendRate, burst: config.visitorSendBurst },
    maxFiles: config.maxFiles,
    pendingUploads: config.pendingUploads,
    filesTotal: config.filesTotal,
  };
}
