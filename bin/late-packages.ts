import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';
import { moduleWhenUsed } from './late-builtins.ts';

/** Fastify's own compilers and its `inject`: it asks for them when somebody uses them, and this server does not. */
const OF_FASTIFY = /^(@fastify\/(ajv|fast-json-stringify)-compiler|light-my-request)$/;
/** Imported beside all else by modules of ours that most servers have no use for: loaded when something of it is used. */
const WHEN_USED = /^pg$/;
/** No file by its path. */
const NAME = /^[^./]/;

/**
 * For esbuild: leaves out of the bundle the packages that are loaded when they are needed, by `import()`. Half of the
 * bundle's text was theirs, which every start copied into memory. Each becomes a text of its own.
 *
 * @param found takes their names
 */
export function latePackages(found: Set<string>): Plugin {
  return {
    name: 'late-packages',
    setup({ onResolve, onLoad, initialOptions: { external = [] } }) {
      onResolve({ filter: NAME }, ({ path, kind, namespace }) => {
        if (WHEN_USED.test(path) && namespace !== 'when-used') return { path, namespace: 'when-used' };
        const isLate = kind === 'dynamic-import' || namespace === 'when-used' || OF_FASTIFY.test(path);
        if (!isLate || isBuiltin(path) || external.includes(path)) return undefined;
        found.add(path);
        return { path, external: true };
      });
      onLoad({ filter: WHEN_USED, namespace: 'when-used' }, ({ path }) => ({ contents: moduleWhenUsed(path) }));
    },
  };
}
