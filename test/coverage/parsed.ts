/** The server's sources as TypeScript parses them, for the tools that ask where code stands. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

export const root = join(import.meta.dirname, '../..');

/** Each file of the server by its path from the project's folder; the pages are not among them. */
export function parsed(): ReadonlyMap<string, SourceFile> {
  const files = globSync('src/**/*.ts', { cwd: root, exclude: ['src/web/**'] }).sort();
  const api = new API({ cwd: root });
  try {
    const config = join(root, 'tsconfig.json');
    const program = api.updateSnapshot({ openProjects: [config] }).getProject(config)?.program;
    return new Map(
      files.map((file) => {
        const source = program?.getSourceFile(join(root, file));
        if (source === undefined) throw new Error(`${file} is not in tsconfig.json`);
        return [file, source];
      }),
    );
  } finally {
    api.close();
  }
}

/** The parts of `node` that come to run: no types, no imports. */
export function eachRunning(node: Node, visit: (child: Node) => void): void {
  node.forEachChild((child) => {
    if (!isWithoutCode(child)) visit(child);
  });
}

function isWithoutCode({ kind }: Node): boolean {
  return (
    (kind >= SyntaxKind.FirstTypeNode && kind <= SyntaxKind.LastTypeNode) ||
    kind === SyntaxKind.TypeAliasDeclaration ||
    kind === SyntaxKind.InterfaceDeclaration ||
    kind === SyntaxKind.ImportDeclaration ||
    kind === SyntaxKind.ExportDeclaration ||
    kind === SyntaxKind.TypeParameter ||
    kind === SyntaxKind.ExpressionWithTypeArguments
  );
}

/** The line of each place of a text, from 1. */
export function lines(text: string): (at: number) => number {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  return (at) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
