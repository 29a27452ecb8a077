import type { FunctionCatalogueEntry } from '@adjoin/engine';

const HEAD = `# Functions of the expression language

This page is made from the functions themselves by \`npm run docs -w @adjoin/cli\`; do not edit it. A new function is one entry in
\`libs/engine/src/expression/functions\`; reading, type check, this page, \`adjoin expression functions\` and the snippets of
\`docs/rules.schema.json\` follow from it.

A signature reads \`result Name(type parameter, [type optional])\`; \`…\` means that the last two parameters repeat. Upper and lower case count in names.
A function that takes a single value and gets a multi-valued attribute is applied to each value; parameters of the types mvstr, mvbin and mvref take
all values together. NULL gives NULL unless the function says otherwise.

| type | |
| --- | --- |
| str, num, bool, bin | text, 64-bit whole number, True or False, bytes |
| ref | reference to another object |
| dt | date and time in UTC; exists only inside expressions |
| mvstr, mvbin, mvref | all values of a multi-valued attribute |
| enum | a bare word such as CaseInsensitive |
| exp | an expression that gives True or False |
| var | any |

Try one out: \`echo '{"expression": "UCase([sn])", "attributes": {"sn": "Berg"}}' | adjoin expression eval\`.
`;

/** docs/functions.md: every function by topic. */
export function functionsReference(catalogue: readonly FunctionCatalogueEntry[]): string {
  const groups = [...new Set(catalogue.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = catalogue.filter((entry) => entry.group === group).map(row);
    return `## ${group}\n\n| function | signature | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

function row({ name, signature, summary, aliases, undocumented }: FunctionCatalogueEntry): string {
  const notes = [
    summary,
    ...(aliases === undefined ? [] : [`Also written ${aliases.join(', ')}.`]),
    ...(undocumented === true
      ? ['Used by default rules; the public reference of Entra Connect does not list it.']
      : []),
  ];
  return `| ${[name, `\`${signature}\``, notes.join(' ')].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
