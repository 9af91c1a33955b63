/**
 * The parts that most conversations do without: each is loaded when something first needs it, with the looks and the
 * words that they share.
 */
import { drawBotsBy } from './avatar.ts';
import type { Ctx } from './context.ts';
import { load as loadFile, type Parts } from './load.ts';

/** After a loading that failed it is tried again with the next need, but not sooner, ms. */
const AGAIN_MS = 5000;

export type Late = {
  /** The part, when it is there. Else it is on its way, and everything is drawn anew when it comes. */
  get<Name extends keyof Parts>(name: Name): Parts[Name] | undefined;
  load<Name extends keyof Parts>(name: Name): Promise<Parts[Name]>;
  /** Loads it and does something with it; where it cannot be loaded, `failed`, or nothing. */
  use<Name extends keyof Parts>(name: Name, run: (part: Parts[Name]) => unknown, failed?: () => void): void;
};

/**
 * @param root the shadow root that their looks are for
 * @param changed called when a part that was wanted has come
 */
export function createLate({ learn }: Pick<Ctx, 'learn'>, root: ShadowRoot, changed: () => void): Late {
  const here = new Map<string, unknown>();
  const coming = new Map<string, Promise<unknown>>();

  async function load(name: keyof Parts): Promise<unknown> {
    const [part, { adopt, ai, words }] = await Promise.all([loadFile(name), loadFile('dress')]);
    learn(words);
    adopt(root);
    drawBotsBy(ai);
    here.set(name, part);
    return part;
  }

  return {
    get(name) {
      if (!here.has(name) && !coming.has(name)) {
        coming.set(
          name,
          load(name).then(changed, () => setTimeout(() => coming.delete(name), AGAIN_MS)),
        );
      }
      return here.get(name) as Parts[typeof name] | undefined;
    },
    load: (name) => load(name) as Promise<Parts[typeof name]>,
    use(name, run, failed = () => {}) {
      load(name).then((part) => run(part as Parts[typeof name]), failed);
    },
  };
}
