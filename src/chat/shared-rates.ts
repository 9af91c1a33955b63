/** The buckets of those who send (decide/rates.ts), over all servers: each tells the others what it took, once a turn. */
import type { Bus } from '../db/bus.ts';
import { Rates, type Taken } from './decide/rates.ts';

const SUBJECT = 'sends';

export function sharedRates(bus: Bus): Rates {
  let untold: Taken[] = [];
  const tell = () => {
    bus.tell(SUBJECT, untold);
    untold = [];
  };
  const rates = new Rates(
    () => performance.now(),
    (taken) => {
      if (bus.others.size > 0 && untold.push(taken) === 1) setImmediate(tell);
    },
  );
  bus.hear(SUBJECT, (taken) => {
    for (const one of taken as Taken[]) rates.wasTaken(one);
  });
  return rates;
}
