/** V8's profile as stacks with their time: what was running, and in what. */
import { isComingIn, kindOf, subjectOf } from './subjects.ts';

export interface Frame {
  functionName: string;
  url: string;
}

/** As the inspector tells it. */
export interface Profile {
  nodes: readonly { id: number; callFrame: Frame; children?: readonly number[] | undefined }[];
  samples?: readonly number[] | undefined;
  /** Microseconds before each sample. */
  timeDeltas?: readonly number[] | undefined;
}

/** A part of the picture: a subject, its time with all in it, and what is in it. */
export interface Tower {
  name: string;
  us: number;
  over: Map<string, Tower>;
}

export interface Looked {
  /** All that was done; nothing else than waiting is left out. */
  tower: Tower;
  /** Microseconds of each kind of work. */
  kinds: ReadonlyMap<string, number>;
  /** Microseconds from the first sample that counts to the last, waiting included. */
  us: number;
}

const IDLE = '(idle)';

/** Counts from the moment on when everybody was in. */
export function look({ nodes, samples = [], timeDeltas = [] }: Profile): Looked {
  const stacks = stacksOf(nodes);
  const tower: Tower = { name: 'all', us: 0, over: new Map() };
  const kinds = new Map<string, number>();
  const begun = samples.findLastIndex((id) => stacks.get(id)?.some(isComingIn)) + 1;
  let all = 0;
  for (let place = begun; place < samples.length; place += 1) {
    const stack = stacks.get(samples[place] ?? 0) ?? [];
    // The time until the next sample is the one that it stands for.
    const us = timeDeltas[place + 1] ?? 0;
    all += us;
    if (stack.at(-1)?.functionName === IDLE) continue;
    pile(tower, stack, us);
    const kind = kindOf(stack);
    kinds.set(kind, (kinds.get(kind) ?? 0) + us);
  }
  return { tower, kinds, us: all };
}

/** From the outermost to the innermost, without the root. */
function stacksOf(nodes: Profile['nodes']): Map<number, readonly Frame[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks = new Map<number, readonly Frame[]>();
  const visit = (id: number, below: readonly Frame[]): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const stack = node.callFrame.functionName === '(root)' ? below : [...below, node.callFrame];
    stacks.set(id, stack);
    for (const child of node.children ?? []) visit(child, stack);
  };
  const [root] = nodes;
  if (root !== undefined) visit(root.id, []);
  return stacks;
}

/** Neighbours about one subject are one, and so are calls of a function by itself. */
function pile(tower: Tower, stack: readonly Frame[], us: number): void {
  let at = tower;
  at.us += us;
  for (const frame of stack) {
    const name = subjectOf(frame);
    if (name === at.name || name === null) continue;
    let next = at.over.get(name);
    if (next === undefined) {
      next = { name, us: 0, over: new Map() };
      at.over.set(name, next);
    }
    next.us += us;
    at = next;
  }
}
