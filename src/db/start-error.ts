/** Why the server cannot start, in one sentence for whoever starts it. Nothing was changed. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
