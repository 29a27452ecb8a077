import { isBytes } from '../../attribute/value.js';
import { parseGuid } from '../encoding/guid.js';
import { define, num } from '../function-definition.js';
import { isSet, type ExpressionValue, type One } from '../value-type.js';
import { readCertificate } from '../x509/certificate.js';
import { certificateBytes } from './cert.js';
import { dateOf, numberOf, textOf } from './convert.js';

export const evaluationFunctions = [
  define(
    'bool IsBitSet(num! value, num! flag)',
    'True when all bits of the mask flag are set in value.',
    ([value, flag]) => (num(value) & num(flag)) === num(flag) && flag !== 0n,
  ),
  define(
    'bool IsCert(bin|str? certificateRawData)',
    'True when the bytes or the Base64 text are an X.509 certificate.',
    ([value]) => {
      const bytes = certificateBytes(value);
      return bytes !== undefined && readCertificate(bytes) !== undefined;
    },
  ),
  define('bool IsDate(one? Expression)', 'True when CDate would succeed.', ([value]) => dateOf(value) !== undefined),
  define('bool IsEmpty(all? Expression)', 'True for the empty text; False for NULL.', ([value]) => isEmpty(value)),
  define(
    'bool IsGuid(str? GUID)',
    'True for a GUID text with or without braces.',
    ([value]) => typeof value === 'string' && parseGuid(value) !== undefined,
  ),
  define('bool IsNull(all? Expression)', 'True for NULL or an absent attribute.', ([value]) => value === null, {
    form: 'counted',
  }),
  define(
    'bool IsNullOrEmpty(all? Expression)',
    'True for NULL, an absent attribute or the empty text.',
    ([value]) => !isPresent(value),
    {
      form: 'counted',
    },
  ),
  define(
    'bool IsNumeric(one? Expression)',
    'True when CNum would succeed.',
    ([value]) => !isBytes(value) && numberOf(value) !== undefined,
  ),
  define(
    'bool IsPresent(all? Expression)',
    'True for anything but NULL and the empty text.',
    ([value]) => isPresent(value),
    {
      form: 'counted',
    },
  ),
  define(
    'bool IsString(one? Expression)',
    'True when CStr would succeed; False for binary values.',
    ([value]) => value !== null && textOf(value as One) !== undefined,
  ),
];

function isEmpty(value: ExpressionValue | undefined): boolean {
  return isSet(value) ? value.every((one) => one === '') : value === '';
}

function isPresent(value: ExpressionValue | undefined): boolean {
  return value !== null && value !== undefined && !isEmpty(value);
}
