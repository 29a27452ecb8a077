import { FunctionFailure } from '../problem.js';
import { characterCount } from './characters.js';

const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\t': '\t' };

/** Replace: an empty old text changes nothing. */
export function replaceText(value: string, old: string, replacement: string): string {
  const searched = unescape(old);
  return searched === '' ? value : value.split(searched).join(unescape(replacement));
}

function unescape(text: string): string {
  return text.replace(/\\[nrt]/g, (escape) => escapes[escape] ?? escape);
}

/** ReplaceChars: each character is replaced at most once; white space in the pattern does not count. */
export function replaceCharacters(value: string, pattern: string): string {
  const targets = new Map<string, string>();
  for (const entry of pattern.replace(/\s+/g, '').split(',')) {
    const [source = '', target, ...more] = entry.split(':');
    if (target === undefined || more.length > 0 || characterCount(source) !== 1) {
      throw new FunctionFailure(`"${entry}" is not one character, ":" and its replacement.`, 'evaluation', 1);
    }
    if (!targets.has(source)) targets.set(source, target);
  }
  let result = '';
  for (const char of value) result += targets.get(char) ?? char;
  return result;
}
