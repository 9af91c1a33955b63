/** Ends all lines of a server: they hear nothing more at once, and come back one after another. */
import type { Hub } from './hub.ts';

const STEP_MS = 50;

/**
 * @param code a close code that has clients come back
 * @param overMs until the last is closed
 */
export function scatter(hub: Hub, code: number, overMs: number, onError: (error: unknown) => void): void {
  const lines = hub.everybody();
  for (const line of lines) hub.remove(line);
  const many = Math.max(1, Math.ceil((lines.length * STEP_MS) / overMs));
  const step = () => {
    for (const line of lines.splice(0, many)) {
      try {
        line.end(code, 0);
      } catch (error) {
        onError(error);
      }
    }
    if (lines.length > 0) setTimeout(step, STEP_MS).unref();
  };
  step();
}
