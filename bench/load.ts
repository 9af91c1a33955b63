/** The process that loads a server: it does the jobs that the measuring process hands it. */
import { closedLoop } from './load/closed-loop.ts';
import { fanOut } from './load/fan-out.ts';
import { closeLines, type Line, openLines, type Target } from './load/lines.ts';
import { openLoop } from './load/open-loop.ts';
import { requests } from './load/requests.ts';
import { Steadily, type SteadyLoad } from './load/steady-load.ts';
import { answering } from './process/asking.ts';

let held: Line[] = [];
let steadily: Steadily | null = null;

answering({
  closedLoop,
  openLoop,
  fanOut,
  requests,
  /** Opens sockets, beside those that are held already, and leaves them idle. */
  hold: async (target: Target) => {
    held.push(...(await openLines(target)));
    return held.length;
  },
  release: async () => {
    await closeLines(held);
    held = [];
  },
  /** Begins a load that goes on until it is ended. */
  begin: async (job: SteadyLoad) => {
    steadily = new Steadily(job);
    await steadily.begin();
  },
  stretch: () => steadily?.stretch(),
  end: () => steadily?.end(),
});
