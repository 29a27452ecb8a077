import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';

/** One fact about the behaviour of the engine. */
export interface Statement {
  /** `<document>/<section>-<name>`, e.g. `default-rules/5-user-aad`; stable, scenarios name it in `covers`. */
  readonly id: string;
  readonly text: string;
  /** Spec files that show it, relative to the root of the repository, where no scenario can. */
  readonly testedBy: readonly string[];
  /** Why there is nothing to test. */
  readonly notApplicable: string | undefined;
}
export interface StatementSection {
  readonly section: string;
  readonly title: string;
  readonly statements: readonly Statement[];
}
export interface StatementDocument {
  readonly document: string;
  readonly title: string;
  readonly sections: readonly StatementSection[];
}
/** A scenario file with the statements it covers; one may cover none, e.g. a test of a mistake. */
export interface CoveringScenario {
  /** Relative to the folder of the suite. */
  readonly file: string;
  readonly name: string;
  readonly covers: readonly string[];
}
export interface Suite {
  readonly documents: readonly StatementDocument[];
  readonly scenarios: readonly CoveringScenario[];
}

interface WrittenStatement {
  readonly statement: string;
  readonly 'tested-by'?: string | readonly string[];
  readonly 'not-applicable'?: string;
}
interface WrittenDocument {
  readonly document: string;
  readonly title: string;
  readonly sections: readonly {
    readonly section: string;
    readonly title: string;
    readonly statements: Readonly<Record<string, string | WrittenStatement>>;
  }[];
}
interface WrittenScenario {
  readonly scenario: string;
  readonly covers?: readonly string[];
}

/** Folder of the suite that holds statements, and those of rule files; neither holds scenarios. */
const STATEMENTS = 'statements';
const RULES = 'rules';

/** Statements and scenarios of a conformance suite. Parts of one document in several files are put together. */
export function readSuite(folder: string): Suite {
  const documents = new Map<string, StatementDocument>();
  for (const file of yamlFiles(join(folder, STATEMENTS))) {
    const read = statementsOf(parse(readFileSync(file, 'utf8')) as WrittenDocument);
    const known = documents.get(read.document);
    documents.set(read.document, { ...read, sections: [...(known?.sections ?? []), ...read.sections] });
  }
  const scenarios = yamlFiles(folder, [STATEMENTS, RULES]).map((file): CoveringScenario => {
    const { scenario, covers } = parse(readFileSync(file, 'utf8')) as WrittenScenario;
    return { file: relative(folder, file), name: scenario, covers: covers ?? [] };
  });
  return { documents: [...documents.values()], scenarios };
}

function statementsOf({ document, title, sections }: WrittenDocument): StatementDocument {
  return {
    document,
    title,
    sections: sections.map(({ section, title: heading, statements }) => ({
      section,
      title: heading,
      statements: Object.entries(statements).map(([name, written]): Statement => {
        const id = `${document}/${section}-${name}`;
        if (typeof written === 'string') return { id, text: written, testedBy: [], notApplicable: undefined };
        const tests = written['tested-by'] ?? [];
        return {
          id,
          text: written.statement,
          testedBy: typeof tests === 'string' ? [tests] : tests,
          notApplicable: written['not-applicable'],
        };
      }),
    })),
  };
}

function yamlFiles(folder: string, except: readonly string[] = []): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.isDirectory()) return except.includes(entry.name) ? [] : yamlFiles(join(folder, entry.name), except);
    return entry.name.endsWith('.yaml') ? [join(folder, entry.name)] : [];
  });
}

/** Everything that is wrong with the suite: uncovered statements, unknown or repeated ids, missing spec files. */
export function suiteProblems({ documents, scenarios }: Suite, root: string): readonly string[] {
  const statements = documents.flatMap(({ sections }) => sections.flatMap((section) => section.statements));
  const known = new Set(statements.map(({ id }) => id));
  const covered = new Set(scenarios.flatMap(({ covers }) => covers));
  return [
    ...statements.flatMap((statement) => statementProblems(statement, covered.has(statement.id), root)),
    ...statements
      .filter(({ id }, index) => statements.findIndex((other) => other.id === id) < index)
      .map(({ id }) => `${id}: two statements have this id`),
    ...scenarios.flatMap(({ file, covers }) =>
      covers.filter((id) => !known.has(id)).map((id) => `${file}: there is no statement ${id}`),
    ),
  ];
}

function statementProblems(
  { id, testedBy, notApplicable }: Statement,
  isCovered: boolean,
  root: string,
): readonly string[] {
  const missing = testedBy.filter((file) => !existsSync(join(root, file))).map((file) => `${id}: no file ${file}`);
  if (notApplicable !== undefined)
    return isCovered || testedBy.length > 0 ? [`${id}: is tested and not-applicable at once`] : [];
  return isCovered || testedBy.length > 0 ? missing : [`${id}: no scenario covers it`];
}
