/** Listeners by name; each name has one type of value. */
export type Emitter<Events> = {
  /** Calls `listener` with every later value of that name. Returns what ends it. */
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void;
  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void;
};

/** An emitter without listeners. A listener that throws stops neither the others nor the caller. */
export function createEmitter<Events>(): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(value: never) => void>>();
  return {
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      // A wrapper of its own, so that the same function given twice is two listeners.
      const own = (value: never) => listener(value);
      all.add(own);
      return () => {
        all.delete(own);
      };
    },
    emit(name, value) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(value as never);
        } catch (error) {
          // The page's own mistake: told where the page's mistakes are told, after the state here is whole again.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
