/** Who of the team has an inbox open, on whichever server: nobody is told by mail what stands there. */
import type { Bus } from '../../db/bus.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import type { Role } from '../../protocol/person.ts';
import { mayRead, type Standing } from '../access.ts';
import { Elsewhere } from './elsewhere.ts';

export type OpenInboxes = ReturnType<typeof createOpenInboxes>;

export function createOpenInboxes(hub: Hub, bus: Bus) {
  /** Of users with an open inbox here. */
  const here = new Map<number, Role>();
  const elsewhere = new Elsewhere<Role>({
    bus,
    subject: 'inboxes',
    own: () => here,
    change: (_, take) => take(),
  });
  elsewhere.begin();

  hub.onWatch = ({ user, role }: Line) => {
    const watches = hub.ofUser(user).some((line) => hub.watchers().has(line));
    if (watches === here.has(user)) return;
    if (watches) here.set(user, role);
    else here.delete(user);
    elsewhere.tell(user, watches ? role : null);
  };

  return {
    /** Whether the conversation stands in one. */
    show(standing: Standing): boolean {
      const reads = ([id, role]: [number, Role]) => mayRead({ id, role }, standing, false);
      return [...here, ...elsewhere.all()].some(reads);
    },
  };
}
