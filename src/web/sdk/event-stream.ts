/** One event of a text/event-stream: its id and its data, either of which may be absent. */
export type StreamEvent = { id: string | undefined; data: string | undefined };

/**
 * Reads a text/event-stream piece by piece, wherever the pieces are cut.
 *
 * @returns takes the next piece and gives the events that it completed
 */
export function createEventReader(): (piece: string) => StreamEvent[] {
  let rest = '';
  let id: string | undefined;
  let data: string[] = [];
  return (piece) => {
    const events: StreamEvent[] = [];
    const lines = (rest + piece).split('\n');
    rest = lines.pop() as string;
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
      if (line === '') {
        if (id !== undefined || data.length) events.push({ id, data: data.length ? data.join('\n') : undefined });
        id = undefined;
        data = [];
      } else if (field === 'id') id = value;
      else if (field === 'data') data.push(value);
    }
    return events;
  };
}
