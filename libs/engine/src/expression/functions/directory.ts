import { isRef } from '../../attribute/value.js';
import { define, num, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import type { ExpressionValue } from '../value-type.js';
import { escapeRdn, splitDn } from './dn-text.js';

export const directoryFunctions = [
  define(
    'str DNComponent(ref dn, num! ComponentNumber)',
    'Value of the n-th part of a DN, from the left.',
    ([dn, number]) => splitDn(dnText(dn))[Number(num(number)) - 1]?.value ?? null,
  ),
  define(
    'str DNComponentRev(ref dn, num! ComponentNumber, [enum Options])',
    'Value of the n-th part of a DN, from the right; with DC the domain parts are not counted.',
    ([dn, number, option]) => {
      if (option !== undefined && option !== 'DC') {
        throw new FunctionFailure(`Unknown option "${text(option)}"; use DC.`, 'argument-type', 2);
      }
      const parts = splitDn(dnText(dn)).filter((part) => option === undefined || part.type.toLowerCase() !== 'dc');
      return parts[parts.length - Number(num(number))]?.value ?? null;
    },
  ),
  define('str EscapeDNComponent(str value)', 'Escapes the characters that have a meaning in a DN.', ([value]) =>
    escapeRdn(text(value)),
  ),
];

function dnText(value: ExpressionValue | undefined): string {
  return isRef(value) ? (value.dn ?? value.ref) : text(value);
}
