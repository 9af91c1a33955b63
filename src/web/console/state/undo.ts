/** What one did last can be taken back for a while. One offer stands at a time. */
import { signal } from '@preact/signals';

/** So long can be taken back what was done, ms. */
export const UNDO_MS = 10_000;

export type Undo = {
  /** What it is told beside: a conversation's id, or `settings`. */
  id: string;
  text: string;
  run(): unknown;
};

type Options = {
  ms?: number;
  /** Called when it can no longer be taken back: does what was only going to be done. */
  settle?: () => void;
};

export const undo = signal<Undo | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
let settling: (() => void) | undefined;

function take(): (() => void) | undefined {
  clearTimeout(timer);
  const settle = settling;
  settling = undefined;
  undo.value = null;
  return settle;
}

/** Ends the offer that stands. */
function settleUndo(): void {
  take()?.();
}

/** Does at once what was only going to be done. */
export function settlePending(): void {
  if (settling) settleUndo();
}

export function offerUndo(offer: Undo, { ms = UNDO_MS, settle }: Options = {}): void {
  settleUndo();
  undo.value = offer;
  settling = settle;
  timer = setTimeout(settleUndo, ms);
}

/** What is being done, whose offer is still to come. */
let under: Promise<unknown> | undefined;

/** Does what will be offered to be taken back. Whoever takes back meanwhile means this, and nothing before it. */
export function undoable(act: () => Promise<unknown>): Promise<unknown> {
  settleUndo();
  under = act();
  return under;
}

export async function undoLast(): Promise<void> {
  await under;
  const last = undo.value;
  take();
  await last?.run();
}
