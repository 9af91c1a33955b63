/** What the servers that share a store do once for all of them: a duty is done by whoever has it. */

/** @param held aborted when the duty is lost or was ended: another server may be at it from then on */
export type Work = (held: AbortSignal, takenOver: boolean) => Promise<void>;

/** Of a server that does a duty, or stands by for it. */
export interface Duty {
  /** Resolves when its work is over, and the duty is given back; rejects with what the work threw. */
  readonly done: Promise<void>;
  /** Has it done here no more; resolves when it is given back, whatever came of it. */
  end(): Promise<void>;
}

export interface Duties {
  /**
   * Has `work` done by one server at a time. It is called when this server has the duty: at once, or when whoever had it
   * has given it back or is gone (`takenOver`). What was lost while it was done is done anew once it is had again; when
   * `work` comes to its own end, that was it. `name` is held once a server.
   */
  hold(name: string, work: Work): Duty;
}

/** Of a server whose store is its alone. */
export const allDuties: Duties = {
  hold(_name, work) {
    const ending = new AbortController();
    const done = work(ending.signal, false);
    return {
      done,
      end() {
        ending.abort();
        return done.catch(() => {});
      },
    };
  },
};
