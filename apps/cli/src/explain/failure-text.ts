import type { DecisionFailure } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { section } from '../output/table.js';

/** Why the object as a whole fails; nothing when it does not. */
export function failureText(io: Io, error: DecisionFailure | null): string {
  if (error === null) return '';
  const where = [
    ...(error.rule === null ? [] : [`rule ${error.rule.name}`]),
    ...(error.attribute === null ? [] : [`attribute ${error.attribute}`]),
  ];
  const place = where.length === 0 ? '' : ` (${where.join(', ')})`;
  return section(io, 'Fails', `${io.paint('bad', error.code)} ${error.message}${place}\n`);
}
