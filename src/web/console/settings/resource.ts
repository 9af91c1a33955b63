/** A list or a thing of the API, as a page of settings works on it. */
import { useEffect, useState } from 'preact/hooks';
import { reasonOf } from '../state/actions.ts';
import { allOf } from '../state/all-of.ts';
import { deleted, deleteSoon } from '../state/deleting.ts';
import { client } from '../state/desk.ts';
import { t } from '../words.ts';

export type Resource<T> = {
  value: T | undefined;
  reason: string | undefined;
  load(): Promise<void>;
  set(value: T): void;
  /** Runs something and keeps why it failed. @returns what it gave, undefined when it failed */
  attempt<R>(run: () => Promise<R>): Promise<R | undefined>;
};

export function useResource<T>(read: () => Promise<T>): Resource<T> {
  const [value, set] = useState<T>();
  const [reason, setReason] = useState<string>();
  async function attempt<R>(run: () => Promise<R>): Promise<R | undefined> {
    try {
      const done = await run();
      setReason(undefined);
      return done;
    } catch (error) {
      setReason(reasonOf(error));
      return undefined;
    }
  }
  const load = async () => {
    const next = await attempt(read);
    if (next !== undefined) set(next);
  };
  useEffect(() => void load(), []);
  return { value, reason, load, set, attempt };
}

export type List<T> = Resource<T[]> & {
  /** Takes one away for good, after the time in which that can be taken back. `done`: when it is gone */
  remove(one: { id: string }, name: string, done?: () => void): void;
};

export function useList<T>(path: string): List<T> {
  const all = useResource(() => allOf<T>(path));
  const pathOf = (one: unknown) => `${path}/${(one as { id?: string }).id}`;
  return {
    ...all,
    value: all.value?.filter((one) => !deleted.value.has(pathOf(one))),
    remove: (one, name, done = () => {}) =>
      deleteSoon({
        path: pathOf(one),
        id: 'settings',
        text: t('isGone', { name }),
        done,
        failed: (error) => void all.attempt(() => Promise.reject(error)),
      }),
  };
}

/** Shorter to write. */
export const api = <T>(method: string, path: string, body?: unknown) => client().http.json<T>(method, path, body);
