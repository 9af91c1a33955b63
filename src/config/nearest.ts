/** Edits (insert, delete, replace a character) from one text to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, character] of [...from].entries()) {
    const next = [line + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The name most like the one that somebody wrote, in whatever case; of two equally like, the first. `names` has one. */
export function nearest(written: string, names: readonly string[]): string {
  // Environment variables have no length limit, and the work grows with it: no name is longer than this.
  const asked = written.slice(0, 64).toLowerCase();
  return names
    .map((name) => ({ name, edits: distance(asked, name.toLowerCase()) }))
    .reduce((best, next) => (next.edits < best.edits ? next : best)).name;
}
