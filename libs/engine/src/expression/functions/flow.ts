import { define, noBody, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';

export const flowFunctions = [
  define('void Error(str? ErrorMessage)', 'Fails the object with this message.', ([message]) => {
    throw new FunctionFailure(message === null ? '' : text(message), 'error-function');
  }),
  define(
    'var IIF(exp condition, var valueIfTrue, var valueIfFalse)',
    'One of two values; only the chosen one is computed. A NULL condition counts as False.',
    noBody,
    { form: 'iif' },
  ),
  define(
    'var ImportedValue(str! attributeName)',
    'The value last imported from the directory, without exports that are not confirmed; the name is quoted.',
    noBody,
    { form: 'imported', undocumented: true },
  ),
  define(
    'var Switch(exp condition, var value…)',
    'The value of the first true condition, else NULL. All conditions are computed, only the chosen value is.',
    noBody,
    { form: 'switch' },
  ),
  define(
    'mv Select(variable item, all attribute, var function)',
    'The results of an expression for each value, which is $item in it.',
    noBody,
    { form: 'select' },
  ),
  define(
    'mv Where(variable item, all attribute, exp condition)',
    'The values for which a condition holds; the value is $item in it.',
    noBody,
    { form: 'where' },
  ),
  define(
    'var With(variable name, var subExpression, var complexExpression)',
    'Computes a value once and uses it as $name in an expression.',
    noBody,
    { form: 'with' },
  ),
];
