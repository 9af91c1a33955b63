/** What can be made wrong in a file: each mutant is one small change of its text, as somebody might have written it. */
import {
  type ArrowFunction,
  type BinaryExpression,
  type CallExpression,
  type ConditionalExpression,
  type ExpressionStatement,
  type Identifier,
  type IfStatement,
  type Node,
  type PrefixUnaryExpression,
  type PropertyAccessExpression,
  type PropertyAssignment,
  type ReturnStatement,
  type SourceFile,
  type StringLiteral,
  SyntaxKind,
  type WhileStatement,
} from 'typescript/unstable/ast';
import { eachRunning } from '../coverage/parsed.ts';

export interface Mutant {
  file: string;
  /** The part of the text that another takes the place of. */
  from: number;
  to: number;
  text: string;
  /** A place that a test must have run to notice. */
  at: number;
}

type Change = Omit<Mutant, 'file'>;

/** One operator for another. */
const SWAPS: ReadonlyMap<SyntaxKind, string> = new Map([
  [SyntaxKind.LessThanToken, '<='],
  [SyntaxKind.LessThanEqualsToken, '<'],
  [SyntaxKind.GreaterThanToken, '>='],
  [SyntaxKind.GreaterThanEqualsToken, '>'],
  [SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [SyntaxKind.AmpersandAmpersandToken, '||'],
  [SyntaxKind.BarBarToken, '&&'],
  [SyntaxKind.QuestionQuestionToken, '&&'],
  [SyntaxKind.PlusToken, '-'],
  [SyntaxKind.MinusToken, '+'],
  [SyntaxKind.AsteriskToken, '/'],
  [SyntaxKind.SlashToken, '*'],
  [SyntaxKind.PlusEqualsToken, '-='],
  [SyntaxKind.MinusEqualsToken, '+='],
]);

/** The other of two: `Math.min` and `Math.max`, `some` and `every`. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['some', 'every'],
  ['every', 'some'],
]);

/**
 * What only tells people something is no behaviour that a test need hold: the texts of errors and refusals, names that
 * classes and statements have for whoever looks.
 */
const TOLD: ReadonlySet<string> = new Set(['message', 'description', 'name', 'title']);

export function mutantsOf(file: string, source: SourceFile): Mutant[] {
  const found: Mutant[] = [];
  const visit = (node: Node): void => {
    for (const change of changesOf(node, source)) found.push({ file, ...change });
    eachRunning(node, visit);
  };
  eachRunning(source, visit);
  return found;
}

function changesOf(node: Node, source: SourceFile): Change[] {
  const start = (of: Node) => of.getStart(source);
  const put = (of: Node, text: string, at = start(of)): Change => ({ from: start(of), to: of.end, text, at });
  const negated = (of: Node): Change => put(of, `!(${source.text.slice(start(of), of.end)})`);
  switch (node.kind) {
    case SyntaxKind.IfStatement:
    case SyntaxKind.WhileStatement:
      return [negated((node as IfStatement | WhileStatement).expression)];
    case SyntaxKind.ConditionalExpression:
      return [negated((node as ConditionalExpression).condition)];
    case SyntaxKind.BinaryExpression: {
      const { left, operatorToken, right } = node as BinaryExpression;
      const swapped = SWAPS.get(operatorToken.kind);
      if (swapped === undefined || (operatorToken.kind === SyntaxKind.PlusToken && (isText(left) || isText(right)))) {
        return [];
      }
      // Without brackets `&&` and `||` would bind otherwise than what they take the place of.
      const isChoice = swapped === '&&' || swapped === '||';
      const part = (of: Node) => source.text.slice(start(of), of.end);
      if (!isChoice) return [put(operatorToken, swapped, start(node))];
      return [put(node, `((${part(left)}) ${swapped} (${part(right)}))`)];
    }
    case SyntaxKind.PrefixUnaryExpression: {
      const { operator, operand } = node as PrefixUnaryExpression;
      return operator === SyntaxKind.ExclamationToken
        ? [put(node, `(${source.text.slice(start(operand), operand.end)})`)]
        : [];
    }
    case SyntaxKind.ExpressionStatement:
      return removable((node as ExpressionStatement).expression) ? [put(node, ';')] : [];
    case SyntaxKind.ReturnStatement: {
      const { expression } = node as ReturnStatement;
      return expression === undefined || isUndefined(expression) ? [] : [put(node, 'return undefined;')];
    }
    case SyntaxKind.ArrowFunction: {
      const { body } = node as ArrowFunction;
      return body.kind === SyntaxKind.Block || isUndefined(body) ? [] : [put(body, 'undefined')];
    }
    case SyntaxKind.TrueKeyword:
      return [put(node, 'false')];
    case SyntaxKind.FalseKeyword:
      return [put(node, 'true')];
    case SyntaxKind.StringLiteral:
      return isBehaviour(node) && !isSentence(node as StringLiteral) ? [put(node, "''")] : [];
    case SyntaxKind.CallExpression:
      return nameSwapped(node as CallExpression, source);
    default:
      return [];
  }
}

/** A call for what it does; not `super(…)`, without which nothing runs at all. */
function removable(expression: Node): boolean {
  if (expression.kind === SyntaxKind.AwaitExpression || expression.kind === SyntaxKind.VoidExpression) {
    return removable((expression as Node & { expression: Node }).expression);
  }
  return (
    expression.kind === SyntaxKind.CallExpression &&
    (expression as CallExpression).expression.kind !== SyntaxKind.SuperKeyword
  );
}

function nameSwapped({ expression }: CallExpression, source: SourceFile): Change[] {
  if (expression.kind !== SyntaxKind.PropertyAccessExpression) return [];
  const { name } = expression as PropertyAccessExpression;
  const from = name.getStart(source);
  const other = NAMES.get(source.text.slice(from, name.end));
  return other === undefined ? [] : [{ from, to: name.end, text: other, at: expression.getStart(source) }];
}

/** A text that something goes by: compared, handed over, or the value of a property. */
function isBehaviour(node: Node): boolean {
  const { parent } = node;
  switch (parent.kind) {
    case SyntaxKind.PropertyAssignment: {
      const { name, initializer } = parent as PropertyAssignment;
      return initializer === node && !TOLD.has(name.kind === SyntaxKind.Identifier ? (name as Identifier).text : '');
    }
    case SyntaxKind.BinaryExpression:
    case SyntaxKind.CaseClause:
    case SyntaxKind.ArrayLiteralExpression:
    case SyntaxKind.ConditionalExpression:
    case SyntaxKind.CallExpression:
      return true;
    default:
      return false;
  }
}

/** What is said to people, in an error or a log. */
function isSentence({ text }: StringLiteral): boolean {
  return /\s/.test(text);
}

function isText({ kind }: Node): boolean {
  return (
    kind === SyntaxKind.StringLiteral ||
    kind === SyntaxKind.TemplateExpression ||
    kind === SyntaxKind.NoSubstitutionTemplateLiteral
  );
}

function isUndefined(node: Node): boolean {
  return node.kind === SyntaxKind.Identifier && (node as Identifier).text === 'undefined';
}
