/** Where unsent messages are kept over a reload: text by key, synchronous, so that nothing is lost when a tab closes. */
export type Storage = {
  get(key: string): string | null;
  /** May throw when it is full or forbidden. */
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
  /** Whether it outlives the page. */
  readonly persistent: boolean;
};

/** A storage that ends with the page. */
export function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
    persistent: false,
  };
}

type WebStorage = {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
};

/**
 * The browser's localStorage when it can be written, else memory (private windows, blocked site data, Node). Node has a
 * `localStorage` of its own that warns when touched, so it counts only beside a `document`.
 */
export function defaultStorage(): Storage {
  try {
    if (!('document' in globalThis)) return memoryStorage();
    const web = (globalThis as unknown as { localStorage: WebStorage }).localStorage;
    web.setItem('parley.try', '1');
    web.removeItem('parley.try');
    return {
      get: (key) => web.getItem(key),
      set: (key, value) => web.setItem(key, value),
      remove: (key) => web.removeItem(key),
      keys: () => Object.keys(web),
      persistent: true,
    };
  } catch {
    return memoryStorage();
  }
}
