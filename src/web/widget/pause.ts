/** Ends the task: what follows is another, and the page answers in between. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
