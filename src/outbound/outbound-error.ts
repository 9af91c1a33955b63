/**
 * Why a request to the outside came to nothing:
 * `address` and `url` – Parley does not go there; `connection` – nobody there, or it broke; `time` – too slow;
 * `size` – the answer is too long; `aborted` – whoever asked wants it no longer.
 */
export type OutboundFault = 'address' | 'url' | 'connection' | 'time' | 'size' | 'aborted';

/** The message names no address: an admin who reads it learns nothing about the network that the server stands in. */
export class OutboundError extends Error {
  readonly fault: OutboundFault;

  constructor(fault: OutboundFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboundError';
    this.fault = fault;
  }

  static unwanted(): OutboundError {
    return new OutboundError('aborted', 'the answer is wanted no longer');
  }

  static address(): OutboundError {
    return new OutboundError(
      'address',
      'the address is not public, or is reached by plain http: PARLEY_OUTBOUND_ALLOW lists the exceptions',
    );
  }
}

/** What went wrong, in our own words: the library's wrap one another, and name addresses. */
export function faultOf(error: unknown): OutboundError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutboundError) return cause;
  }
  return new OutboundError('connection', 'the connection failed, or broke', { cause: error });
}
