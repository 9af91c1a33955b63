/** What a page knows of its surroundings. In Node it is always online and visible. */

type Listens = {
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
};
type Surroundings = Partial<Listens> & {
  document?: Listens & { readonly visibilityState: string };
  navigator?: { readonly onLine?: boolean };
};

const around = globalThis as unknown as Surroundings;

/** False only when the browser is sure that there is no network. */
export function isOnline(): boolean {
  return around.navigator?.onLine !== false;
}

/**
 * Tells when the network comes or goes and when the page is looked at again, with how long it was hidden (ms).
 *
 * @returns what ends it
 */
export function watchPage(now: () => number, network: () => void, visible: (hiddenMs: number) => void): () => void {
  const page = around.document;
  if (!page) return () => {};
  let hiddenAt: number | undefined;
  const look = () => {
    if (page.visibilityState === 'hidden') hiddenAt = now();
    else {
      visible(hiddenAt === undefined ? 0 : now() - hiddenAt);
      hiddenAt = undefined;
    }
  };
  page.addEventListener('visibilitychange', look);
  around.addEventListener?.('online', network);
  around.addEventListener?.('offline', network);
  return () => {
    page.removeEventListener('visibilitychange', look);
    around.removeEventListener?.('online', network);
    around.removeEventListener?.('offline', network);
  };
}
