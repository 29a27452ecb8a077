import type { Expression } from './ast.js';
import { findFunction } from './function-table.js';
import type { ValueType } from './value-type.js';

/** Types of attributes by name, as the schema of the object type has them. */
export type AttributeTypes = ReadonlyMap<string, ValueType>;

/** The type of a sub-expression as far as the text tells; undefined when it depends on the values. */
export function staticType(node: Expression, attributes?: AttributeTypes): ValueType | undefined {
  switch (node.kind) {
    case 'string':
    case 'crlf':
      return 'str';
    case 'number':
    case 'negate':
      return 'num';
    case 'boolean':
      return 'bool';
    case 'null':
      return 'null';
    case 'special':
      return 'void';
    case 'constant':
      return 'enum';
    case 'attribute':
      return attributes?.get(node.name);
    case 'call': {
      const returns = findFunction(node.name)?.returns;
      return returns === 'var' || returns === 'void' ? undefined : returns;
    }
    case 'binary':
      if (node.operator === '&')
        return concatenated(staticType(node.left, attributes), staticType(node.right, attributes));
      return ['*', '/', '+', '-'].includes(node.operator) ? 'num' : 'bool';
    default:
      return undefined;
  }
}

function concatenated(left: ValueType | undefined, right: ValueType | undefined): ValueType | undefined {
  return left === 'str' || right === 'str' ? 'str' : left === 'bin' || right === 'bin' ? 'bin' : undefined;
}
