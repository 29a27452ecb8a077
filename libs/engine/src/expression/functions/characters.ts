/** True when UTF-16 units and characters are the same, so that the native string functions can be used. */
export function isPlain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

/** Number of characters (Unicode code points). */
export function characterCount(text: string): number {
  return isPlain(text) ? text.length : [...text].length;
}

/** Characters from `start` up to but not including `end`, 0-based. */
export function sliceCharacters(text: string, start: number, end?: number): string {
  return isPlain(text) ? text.slice(start, end) : [...text].slice(start, end).join('');
}

/** The 1-based place, in characters, of a UTF-16 index; 0 for -1. */
export function placeOf(text: string, index: number): number {
  return index < 0 ? 0 : characterCount(text.slice(0, index)) + 1;
}

/** The UTF-16 index of the 1-based place of a character. */
export function indexOfPlace(text: string, place: number): number {
  return isPlain(text) ? place - 1 : [...text].slice(0, place - 1).join('').length;
}
