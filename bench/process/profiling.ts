/** Loaded into a server whose time is looked into (`node --import`): asked to, it says where it spends it. */
import { Session } from 'node:inspector/promises';
import { setTimeout } from 'node:timers/promises';
import type { Profile } from '../flame/profile.ts';
import { answering } from './asking.ts';

export interface Profiling {
  /** Before it begins, and how long it lasts. */
  afterMs: number;
  ms: number;
}

const INTERVAL_US = 200;

answering({
  profile: async ({ afterMs, ms }: Profiling): Promise<Profile> => {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await setTimeout(afterMs);
    await session.post('Profiler.start');
    await setTimeout(ms);
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return profile;
  },
});
