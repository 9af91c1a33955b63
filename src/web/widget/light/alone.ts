/** Several tabs have one line: this tab's, if it is the first. */

/** What the tabs of a browser share; the full client's tabs go by the same name (sdk/tabs.ts). */
export const LINE = 'parley.widget.line';

/**
 * @param asked another tab wants to hear by this one's line
 * @returns `first`: whether there is no other; `leave` lets another be the first. Where the browser cannot tell, each is
 */
export function alone(asked: () => void): { readonly first: Promise<boolean>; leave(): void } {
  const { locks } = navigator;
  if (!locks) return { first: Promise.resolve(true), leave() {} };
  const channel = new BroadcastChannel(LINE);
  channel.onmessage = asked;
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const first = new Promise<boolean>((resolve) => {
    locks
      .request(LINE, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? left : undefined;
      })
      // A page without an origin has no locks.
      .catch(() => resolve(true));
  });
  return {
    first,
    leave() {
      channel.close();
      leave();
    },
  };
}
