/** Through the log by the arrow keys: from message to message. */
export function walk(rows: HTMLElement, from: HTMLElement, down: boolean): void {
  const messages = [...rows.querySelectorAll<HTMLElement>('.m[data-id]')];
  const at = messages.indexOf(from);
  const next = at < 0 ? messages.at(-1) : messages[down ? at + 1 : at - 1];
  next?.focus();
}
