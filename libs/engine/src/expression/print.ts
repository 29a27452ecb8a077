import { levelOf, operatorLevels, type Expression } from './ast.js';

/** Writes a tree as text in one fixed form; reading that text gives the same tree (spans aside). */
export function printExpression(node: Expression): string {
  return print(node, 0);
}

const operandLevel = operatorLevels.length;

/** `level`: the weakest operator level that may stand here without parentheses. */
function print(node: Expression, level: number): string {
  switch (node.kind) {
    case 'string':
      return `"${node.value.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
    case 'number':
      return node.hex ? `&H${BigInt.asUintN(64, node.value).toString(16).toUpperCase()}` : node.value.toString();
    case 'boolean':
      return node.value ? 'True' : 'False';
    case 'null':
      return 'NULL';
    case 'crlf':
      return 'CRLF';
    case 'special':
    case 'constant':
      return node.name;
    case 'attribute':
      return `[${node.name}]`;
    case 'parameter':
      return `%${node.name}%`;
    case 'variable':
      return `$${node.name}`;
    case 'call':
      return `${node.name}(${node.args.map((arg) => print(arg, 0)).join(', ')})`;
    case 'negate':
      return printNegation(node.operand);
    case 'binary': {
      const own = levelOf.get(node.operator) ?? 0;
      const text = `${print(node.left, own)} ${node.operator} ${print(node.right, own + 1)}`;
      return own < level ? `(${text})` : text;
    }
    case 'invalid':
      return '';
  }
}

/** `-5` is a number, so the negation of a number and of a negation keep their parentheses. */
function printNegation(operand: Expression): string {
  const nested = operand.kind === 'number' || operand.kind === 'negate' || operand.kind === 'binary';
  return nested ? `-(${print(operand, 0)})` : `-${print(operand, operandLevel)}`;
}
