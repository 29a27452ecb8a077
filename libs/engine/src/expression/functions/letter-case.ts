const asciiOnly = /^[\x00-\x7f]*$/;

/** Lower case by character, independent of a language; characters without a single counterpart stay. */
export function lowerCase(text: string): string {
  return asciiOnly.test(text) ? text.toLowerCase() : mapCharacters(text, (char) => char.toLowerCase());
}

/** Upper case by character, independent of a language; characters without a single counterpart (ß) stay. */
export function upperCase(text: string): string {
  return asciiOnly.test(text) ? text.toUpperCase() : mapCharacters(text, (char) => char.toUpperCase());
}

/** Words between spaces: first letter upper, the rest lower; a word all in capitals is an acronym and stays. */
export function properCase(text: string): string {
  return text.replace(/[^ ]+/g, (word) => {
    const upper = upperCase(word);
    if (word === upper && word !== lowerCase(word)) return word;
    const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
    return upperCase(first) + lowerCase(word.slice(first.length));
  });
}

function mapCharacters(text: string, change: (char: string) => string): string {
  let result = '';
  for (const char of text) {
    const changed = change(char);
    result += changed.length === char.length ? changed : char;
  }
  return result;
}
