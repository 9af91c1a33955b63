import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** What a package loads though nothing of it is used here: the client's own way out, and its own figures of the process. */
const UNUSED = /^\.\/lib\/(pushgateway|defaultMetrics)$/;
const OF_METRICS = /[\\/]prom-client[\\/]index\.js$/;

/** The server asks whether each plugin fits it. What is bundled stays what it is, and each test has asked already. */
const VERSIONS = /^semver$/;
const OF_SERVER = /[\\/]fastify[\\/]lib[\\/]plugin-utils\.js$/;

/** The router compiles a function for each piece of a path. */
const ROUTER = /[\\/]find-my-way[\\/]lib[\\/]node\.js$/;
const COMPILED = /new Function\('path', 'i', `[^`]*`\)/;
const ASKED = '(path, i) => path.startsWith(prefix, i)';

/** For esbuild: leaves out of the program what packages do at every start and nobody has anything of. */
export const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    const nothing = (of: RegExp) => (asked: { path: string; importer: string }) =>
      of.test(asked.importer) ? { path: asked.path, namespace: 'left-out' } : undefined;
    onResolve({ filter: UNUSED }, nothing(OF_METRICS));
    onResolve({ filter: VERSIONS }, nothing(OF_SERVER));
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
      contents: VERSIONS.test(path) ? 'exports.satisfies = () => true;' : '',
      loader: 'js',
    }));
    onLoad({ filter: ROUTER }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!COMPILED.test(text)) throw new Error(`${path} is another: see what it compiles at a start`);
      return { contents: text.replace(COMPILED, ASKED), loader: 'js' };
    });
  },
};
