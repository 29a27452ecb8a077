import type { AttributeDifference, Preview, PreviewedExport, PreviewedMetaverse } from '@adjoin/contracts';
import type { Io } from '../io.js';
import { facts, section, table } from '../output/table.js';
import { valueText } from '../output/values.js';
import { linksText } from './explanation-text.js';
import { failureText } from './failure-text.js';
import { longName, ObjectNames } from './object-names.js';

/** Nothing waits for synchronization, and a delta preview decides only what waits. */
export const isIdle = ({ mode, due }: Preview): boolean => mode === 'delta' && !due;

/** A preview for people. */
export function previewText(io: Io, shown: Preview): string {
  const { object, metaverse, exports, error } = shown;
  const head = facts(io, [
    ['object', longName(object)],
    ['id', object.id],
    ['preview', shown.mode],
    ['waiting', shown.due ? 'for synchronization' : 'for nothing'],
  ]);
  if (isIdle(shown)) return `${head}\nNothing waits to be synchronized. Use --full to decide everything again.\n`;
  if (error !== null) return `${head}${failureText(io, error)}`;
  const names = new ObjectNames([
    object,
    ...metaverse.map(({ id, type, name }) => ({ id, type, name, space: 'metaverse' as const, connector: null })),
    ...exports.map((one) => ({
      id: one.object,
      type: '',
      name: one.dn,
      space: 'connector' as const,
      connector: one.target,
    })),
  ]);
  return [
    head,
    linksText(io, shown.links, names),
    ...metaverse.map((one) => metaverseText(io, one)),
    ...(exports.length === 0 ? [section(io, 'Export', 'Nothing would be pending.\n')] : []),
    ...exports.map((one) => exportText(io, one)),
  ].join('');
}

function metaverseText(io: Io, { action, type, name, differences }: PreviewedMetaverse): string {
  const title = `Metaverse: ${action === 'none' ? 'no change of' : action} ${type} ${name}`;
  return section(
    io,
    title,
    action === 'none' ? 'All attributes stay as they are.\n' : differenceTable(io, differences, 'NOW'),
  );
}

function exportText(io: Io, { operation, target, dn, differences, unchanged }: PreviewedExport): string {
  if (operation === 'none') return section(io, `Export to ${target}`, `${dn}: what is pending would be withdrawn.\n`);
  const note = unchanged ? 'This export is pending already.\n' : '';
  const title = `Export to ${target}: ${operation} ${dn}`;
  return section(io, title, note + differenceTable(io, differences, 'IN THE TARGET'));
}

const differenceTable = (io: Io, differences: readonly AttributeDifference[], before: string): string =>
  table(
    io,
    differences,
    [
      { head: 'ATTRIBUTE', cell: (row) => row.attribute },
      { head: before, cell: (row) => (row.before === null ? null : valueText(row.attribute, row.before)) },
      { head: 'AFTER', cell: (row) => (row.after === null ? null : valueText(row.attribute, row.after)) },
    ],
    'No attribute differs.',
  );
