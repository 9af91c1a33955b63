/**
 * Lets those who come at the same time go on one after the other, each in a turn of the loop of its own. Timers of one
 * length that were set together go off together: without this, whatever a hundred of them do would be done before
 * anybody who sends something is heard.
 */
const waiting: (() => void)[] = [];

/** Calls it when it is the caller's turn: in the next turn of the loop at the earliest. */
export function oneAtATime(go: () => void): void {
  waiting.push(go);
  if (waiting.length === 1) setImmediate(letOneGo);
}

function letOneGo(): void {
  const go = waiting.shift();
  if (waiting.length > 0) setImmediate(letOneGo);
  go?.();
}
