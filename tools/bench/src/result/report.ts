import { verdictOf, type Figure } from './figure.js';
import { machineLines } from './machine.js';
import { median } from './statistics.js';
import { ratioTo, type BenchResult } from './store.js';

/** A result as text for a person; figures with their median, range, ratio to the earlier result and verdict. */
export function reportText(result: BenchResult, previous: BenchResult | undefined): string {
  const parameters = Object.entries(result.parameters).map(([name, value]) => `${name} ${value}`);
  const width = Math.max(...result.figures.map(({ name }) => name.length), 0);
  const against = previous === undefined ? 'no earlier result' : `ratio to the result of ${previous.at}`;
  return [
    '',
    `${result.bench}${parameters.length === 0 ? '' : ` (${parameters.join(', ')})`}: medians, [range of the runs], ${against}`,
    ...machineLines(result.machine).map((line) => `  ${line}`),
    ...result.figures.map((figure) => `  ${figureLine(figure, width, ratioTo(previous, figure))}`),
    ...result.notes.map((note) => `  ${note}`),
    '',
  ].join('\n');
}

function figureLine(figure: Figure, width: number, ratio: number | undefined): string {
  const { name, unit, values, goal, floor } = figure;
  const range = values.length > 1 ? `[${shown(Math.min(...values))} .. ${shown(Math.max(...values))}]` : '';
  const verdict = verdictOf(figure);
  const wanted = [
    ...(goal === undefined ? [] : [`goal ${shown(goal)}`]),
    ...(floor === undefined ? [] : [`floor ${shown(floor)}`]),
  ].join(', ');
  return [
    name.padEnd(width),
    shown(median(values)).padStart(12),
    unit.padEnd(20),
    ratio === undefined ? '     ' : `x${ratio.toFixed(2)}`,
    range,
    verdict === undefined ? '' : `${verdict} (${wanted})`,
  ]
    .join(' ')
    .trimEnd();
}

/** Four significant digits are more than a measurement is worth. */
function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
