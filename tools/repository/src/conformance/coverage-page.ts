import type { CoveringScenario, Statement, StatementDocument, Suite } from './statements.js';

/** Folder of the suite, as seen from docs. */
const SUITE = '../libs/engine/conformance';

/** The page docs/conformance-coverage.md: every statement with the scenarios that show it. */
export function coveragePage({ documents, scenarios }: Suite): string {
  const byStatement = new Map<string, CoveringScenario[]>();
  for (const scenario of scenarios)
    for (const id of scenario.covers) byStatement.set(id, [...(byStatement.get(id) ?? []), scenario]);
  const all = documents.flatMap(statementsIn);
  const shown = all.filter(({ id }) => byStatement.has(id)).length;
  const showing = scenarios.filter(({ covers }) => covers.length > 0).length;
  const elsewhere = all.filter(({ id, testedBy }) => !byStatement.has(id) && testedBy.length > 0).length;
  const excluded = all.filter(({ notApplicable }) => notApplicable !== undefined).length;
  return `# Conformance coverage

Generated from \`libs/engine/conformance\` by \`node tools/repository/dist/write-conformance-coverage.js\`; do not edit.
What the engine has to do, statement by statement, and the scenarios that show it. \`adjoin rules test libs/engine/conformance\`
runs them. Choices made where no source is certain are in [compatibility.md](compatibility.md).

${all.length} statements: ${shown} shown by ${showing} scenarios, ${elsewhere} by other tests, ${excluded} not applicable.

${documents.map((document) => documentPart(document, byStatement)).join('\n')}`;
}

function statementsIn({ sections }: StatementDocument): readonly Statement[] {
  return sections.flatMap(({ statements }) => statements);
}

type Covering = ReadonlyMap<string, readonly CoveringScenario[]>;

function documentPart(document: StatementDocument, covering: Covering): string {
  const sections = document.sections.map(({ section, title, statements }) => {
    const rows = statements.map((statement) => row(document.document, statement, covering.get(statement.id) ?? []));
    return `### ${section} ${title}\n\n| statement | | shown by |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `## ${document.title}\n\n${sections.join('\n')}`;
}

function row(document: string, statement: Statement, scenarios: readonly CoveringScenario[]): string {
  const { id, text, testedBy, notApplicable } = statement;
  const shown = [
    ...scenarios.map(({ file, name }) => `[${cell(name)}](${SUITE}/${file})`),
    ...testedBy.map((file) => `[${file.split('/').at(-1) ?? file}](../${file})`),
    ...(notApplicable === undefined ? [] : [`not applicable: ${cell(notApplicable)}`]),
  ];
  return `| \`${id.slice(document.length + 1)}\` | ${cell(text)} | ${shown.join('<br>')} |`;
}

function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('[', '\\[').replaceAll(']', '\\]');
}
