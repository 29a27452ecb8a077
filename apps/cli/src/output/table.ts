import type { Io, Tone } from '../io.js';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => string | number | null | undefined;
  readonly tone?: (row: T) => Tone;
  /** Figures stand at the right. */
  readonly right?: boolean;
}

const shown = (value: string | number | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : String(value).replace(/\s*\n\s*/g, ' ');

/** Lines of a table with aligned columns; `none` stands for an empty one. */
export function table<T>(io: Io, rows: readonly T[], columns: readonly Column<T>[], none: string): string {
  if (rows.length === 0) return `${io.paint('dim', none)}\n`;
  const cells = rows.map((row) => columns.map((column) => shown(column.cell(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.head.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const pad = (text: string, index: number): string => {
    if (columns[index]?.right === true) return text.padStart(widths[index] ?? 0);
    return index === columns.length - 1 ? text : text.padEnd(widths[index] ?? 0);
  };
  const head = columns
    .map((column, index) => io.paint('dim', pad(column.head, index)))
    .join('  ')
    .trimEnd();
  const lines = rows.map((row, at) =>
    columns
      .map((column, index) => io.paint(column.tone?.(row) ?? 'plain', pad(cells[at]?.[index] ?? '', index)))
      .join('  ')
      .trimEnd(),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** `name  value` lines. */
export function facts(
  io: Io,
  pairs: readonly (readonly [string, string | number | boolean | null | undefined])[],
): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs
    .map(
      ([name, value]) =>
        `${io.paint('dim', name.padEnd(width))}  ${shown(typeof value === 'boolean' ? String(value) : value)}\n`,
    )
    .join('');
}

/** A heading with what stands below it. */
export const section = (io: Io, title: string, body: string): string => `\n${io.paint('bold', title)}\n${body}`;

/** Says that a list has more than what is shown. */
export const more = (io: Io, next: string | null): string =>
  next === null ? '' : io.paint('dim', `There is more: use --cursor ${next}\n`);
