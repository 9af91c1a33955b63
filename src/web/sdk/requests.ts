import type { Answer } from '../../protocol/answers.ts';
import type { Clock } from './clock.ts';
import { failed, ParleyError } from './errors.ts';
import type { Asked } from './line.ts';

/** Requests under way on a socket: which answer belongs to which, and how long it may take. */
export type Requests = {
  /** @param timeoutMs after which it fails with `TIMEOUT`: whether it was done is then unknown */
  call(asked: Asked, timeoutMs: number): Promise<unknown>;
  /** Settles what the answer is for; one that came too late, or for nothing, is left. */
  answer(answer: Answer): void;
  /** Fails all that is under way. */
  failAll(error: ParleyError): void;
};

/**
 * @param send writes a frame; may throw
 * @param answered called with each good answer before its promise settles: promises settle later than the next frame
 *   of the same chunk arrives, and an answer has its place among the events
 */
export function createRequests(
  clock: Clock,
  send: (frame: Asked & { id: number }) => void,
  answered: (asked: Asked, results: unknown) => void,
): Requests {
  type Open = { asked: Asked; resolve(results: unknown): void; reject(error: unknown): void; cancel(): void };
  const open = new Map<number, Open>();
  let lastId = 0;
  return {
    call(asked, timeoutMs) {
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        send({ ...asked, id });
        const cancel = clock.after(timeoutMs, () => {
          open.delete(id);
          reject(new ParleyError('TIMEOUT', asked.type));
        });
        open.set(id, { asked, resolve, reject, cancel });
      });
    },
    answer(answer) {
      const request = open.get(answer.re ?? 0);
      if (!request) return;
      open.delete(answer.re as number);
      request.cancel();
      if (answer.type === 'error') request.reject(failed(answer));
      else {
        answered(request.asked, answer);
        request.resolve(answer);
      }
    },
    failAll(error) {
      for (const request of open.values()) {
        request.cancel();
        request.reject(error);
      }
      open.clear();
    },
  };
}
