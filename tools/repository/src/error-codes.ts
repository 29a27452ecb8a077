import type { ErrorCodeInfo } from '@adjoin/contracts';

const AREAS: Readonly<Record<string, string>> = {
  GEN: 'General',
  CFG: 'Configuration',
  KFK: 'Kafka',
  MDB: 'MongoDB',
  IMP: 'Import from Active Directory',
  ENG: 'Synchronization and release',
  EXP: 'Export to Entra ID',
  PHS: 'Password hashes',
  API: 'Control-plane and command line',
  STK: 'Local stack',
};
const RETRY: Readonly<Record<ErrorCodeInfo['retry'], string>> = {
  now: 'at once, by itself',
  later: 'later, by itself',
  never: 'no',
};

/** The page docs/error-codes.md: one table per area, in the order of the codes. */
export function errorCodesPage(codes: Readonly<Record<string, ErrorCodeInfo>>): string {
  const areas = new Map<string, [string, ErrorCodeInfo][]>();
  for (const [code, info] of Object.entries(codes)) {
    const area = code.split('-')[1] ?? '';
    areas.set(area, [...(areas.get(area) ?? []), [code, info]]);
  }
  const sections = [...areas].map(([area, entries]) => {
    const rows = entries.sort(([a], [b]) => a.localeCompare(b)).map(([code, info]) => row(code, info));
    return `## ${AREAS[area] ?? area}\n\n| code | what happened | what to do | tried again |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Error codes

Generated from \`libs/contracts/src/errors/codes.ts\` by \`node tools/repository/dist/write-error-codes.js\`; do not edit.
Each error names the code, the object or place concerned, and what to do. See also [operations.md](operations.md).

${sections.join('\n')}`;
}

function row(code: string, { cause, hint, retry }: ErrorCodeInfo): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return `| \`${code}\` | ${cell(cause)} | ${cell(hint)} | ${RETRY[retry]} |`;
}
