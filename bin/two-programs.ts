import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Plugin } from 'esbuild';

/** Where the commands are named, each loaded when it is asked for. */
const COMMANDS = 'commands.ts';
const SERVER = './serve.ts';
/** A module of ours that is loaded later; of a type it would be nothing that runs. */
const LATER = /(?<!typeof )\bimport\('(\.[^']+)'\)/g;
const OURS = /^\./;

/**
 * For esbuild: the server's program. Of the commands it has `serve` alone, and what that loads later, of ours, is there
 * from the beginning: where a bundle holds modules that are loaded later, each module that they share with others is
 * wrapped in a function, and nearly all are. Packages go on being loaded later.
 */
export const serverAlone: Plugin = {
  name: 'server-alone',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const imports: string[] = [];
      const atOnce = readFileSync(path, 'utf8').replace(LATER, (later, module) => {
        if (basename(path) === COMMANDS && module !== SERVER) return later;
        imports.push(`import * as later${imports.length} from '${module}';`);
        return `Promise.resolve(later${imports.length - 1})`;
      });
      return { contents: imports.join('') + atOnce, loader: 'ts' };
    });
    // What is left are the other commands.
    onResolve({ filter: OURS }, ({ path, kind }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
  },
};

/** For esbuild: the program of all other commands. */
export const withoutServer: Plugin = {
  name: 'without-server',
  setup({ onResolve }) {
    onResolve({ filter: OURS }, ({ path, kind }) =>
      kind === 'dynamic-import' && path === SERVER ? { path, external: true } : undefined,
    );
  },
};
