import type { Plugin } from 'esbuild';

/** Of the runtime, what serves only who calls to the outside, and who packs. With TLS come 150 certificates to be read. */
const LATE = /^(node:)?(http2|https|tls|zlib)$/;

/** The text of a module in another's place, that loads it when something of it is used. */
export const moduleWhenUsed = (name: string): string =>
  `module.exports = new Proxy({}, { get: (_, name) => require(${JSON.stringify(name)})[name] });`;

/**
 * For esbuild: packages ask for these when they are loaded themselves, used or not. In the bundle they are loaded when
 * something of them is used.
 */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: LATE }, ({ path, kind, namespace }) => {
      if (kind !== 'require-call') return undefined;
      return namespace === 'late' ? { path, external: true } : { path, namespace: 'late' };
    });
    onLoad({ filter: LATE, namespace: 'late' }, ({ path }) => ({ contents: moduleWhenUsed(path) }));
  },
};
