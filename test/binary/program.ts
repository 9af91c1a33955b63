/** The executable's program as a test bundles it: of `src/main.ts`, as the build does, and written nowhere. */
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Gives the files that went into it, and its text. */
export async function program(plugins: Plugin[]): Promise<{ files: string[]; text: string }> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: join(import.meta.dirname, '../..'),
    entryPoints: ['src/main.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['pino-pretty'],
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': JSON.stringify('file:///parley') },
    logLevel: 'silent',
    plugins,
    metafile: true,
    write: false,
  });
  return { files: Object.keys(metafile.inputs), text: outputFiles[0]?.text ?? '' };
}
