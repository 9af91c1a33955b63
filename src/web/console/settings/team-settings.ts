/** What admins decide, as a page changes it: at first only here, and for all once it is saved. */
import { useState } from 'preact/hooks';
import type { Settings } from '../../../protocol/settings.ts';
import { api, type Resource, useResource } from './resource.ts';

const PATH = '/v1/settings';

export type Edited = {
  saved: Settings | undefined;
  /** As it would be. */
  now: Settings | undefined;
  dirty: boolean;
  reason: string | undefined;
  set(change: Partial<Settings>): void;
  discard(): void;
  save(): Promise<void>;
};

export function useTeamSettings(): Edited {
  const kept: Resource<Settings> = useResource(() => api<Settings>('GET', PATH));
  const [change, setChange] = useState<Partial<Settings>>({});
  const saved = kept.value;
  return {
    saved,
    now: saved && { ...saved, ...change },
    dirty: Object.keys(change).length > 0,
    reason: kept.reason,
    set: (more) => setChange({ ...change, ...more }),
    discard: () => setChange({}),
    async save() {
      const next = await kept.attempt(() => api<Settings>('PATCH', PATH, change));
      if (!next) return;
      kept.set(next);
      setChange({});
    },
  };
}
