/** Text in which what was searched for stands out. */
export type Mark = readonly [start: number, length: number];

export function Marked({ text, marks = [] }: { text: string; marks?: readonly Mark[] | undefined }) {
  const parts = [];
  let at = 0;
  for (const [start, length] of marks) {
    if (start < at) continue;
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, start + length)}</mark>);
    at = start + length;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
