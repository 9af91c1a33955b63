/** The process that loads a server: it does the jobs that the measuring process hands it. */
import { closedLoop } from './load/closed-loop.ts';
import { fanOut } from './load/fan-out.ts';
import { closeLines, type Line, openLines, type Target } from './load/lines.ts';
import { openLoop } from './load/open-loop.ts';
import { requests } from './load/requests.ts';
import { answering } from './process/asking.ts';

let held: Line[] = [];

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
});
