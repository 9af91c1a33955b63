/** What of a file can be run: where its statements begin, and where its branches do. */
import {
  type BinaryExpression,
  type CaseOrDefaultClause,
  type ConditionalExpression,
  type IfStatement,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { eachRunning } from './parsed.ts';

export interface Code {
  /** Where each statement begins. */
  statements: readonly number[];
  /**
   * Where each way that stands in the text begins: of `if` and `else`, of `? :`, right of `&&`, `||` and `??`, of each
   * `case` that does something. An `else` that is not written is no way: V8 does not count it.
   */
  branches: readonly number[];
}

const STATEMENTS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ExpressionStatement,
  SyntaxKind.VariableStatement,
  SyntaxKind.ReturnStatement,
  SyntaxKind.IfStatement,
  SyntaxKind.ForStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
  SyntaxKind.SwitchStatement,
  SyntaxKind.ThrowStatement,
  SyntaxKind.TryStatement,
  SyntaxKind.BreakStatement,
  SyntaxKind.ContinueStatement,
]);

const CHOICES: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

export function codeOf(source: SourceFile): Code {
  const statements: number[] = [];
  const branches: number[] = [];
  const visit = (node: Node): void => {
    if (STATEMENTS.has(node.kind)) statements.push(node.getStart(source));
    // `() => value` is a statement too.
    if (node.kind === SyntaxKind.ArrowFunction) {
      const { body } = node as Node & { body: Node };
      if (body.kind !== SyntaxKind.Block) statements.push(body.getStart(source));
    }
    for (const way of waysOf(node)) branches.push(way.getStart(source));
    eachRunning(node, visit);
  };
  eachRunning(source, visit);
  return { statements, branches };
}

function waysOf(node: Node): Node[] {
  switch (node.kind) {
    case SyntaxKind.IfStatement: {
      const { thenStatement, elseStatement } = node as IfStatement;
      return elseStatement === undefined ? [thenStatement] : [thenStatement, elseStatement];
    }
    case SyntaxKind.ConditionalExpression: {
      const { whenTrue, whenFalse } = node as ConditionalExpression;
      return [whenTrue, whenFalse];
    }
    case SyntaxKind.BinaryExpression: {
      const { operatorToken, right } = node as BinaryExpression;
      return CHOICES.has(operatorToken.kind) ? [right] : [];
    }
    case SyntaxKind.CaseClause:
    case SyntaxKind.DefaultClause:
      return (node as CaseOrDefaultClause).statements.slice(0, 1);
    default:
      return [];
  }
}
