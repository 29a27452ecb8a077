/** What a process holds. */
export interface Holding {
  /** Resident memory. */
  readonly rssMb: number;
  /** Open files and sockets. */
  readonly handles: number;
}
export type Holdings = Readonly<Record<string, Holding>>;

/** No process of ours may need more, docs/performance.md. */
const LIMIT_MB = 500;
/** The garbage collector keeps what it once had; handles are exact but for a connection more or less. */
const GROWTH_MB = 200;
const MORE_HANDLES = 25;

/** Processes that hold too much after the trouble, or much more than before it. */
export function notReturned(before: Holdings, after: Holdings): readonly string[] {
  return Object.entries(after).flatMap(([name, { rssMb, handles }]) => {
    const was = before[name];
    const problems: string[] = [];
    if (rssMb > LIMIT_MB) problems.push(`${name} holds ${Math.round(rssMb)} MB, more than ${LIMIT_MB}`);
    if (was === undefined) return problems;
    if (rssMb > was.rssMb + GROWTH_MB)
      problems.push(`${name} grew from ${Math.round(was.rssMb)} to ${Math.round(rssMb)} MB`);
    if (handles > was.handles + MORE_HANDLES) problems.push(`${name} went from ${was.handles} to ${handles} handles`);
    return problems;
  });
}

/** Share by which the median of the last third may be above that of the second. */
const SOAK_SHARE = 0.1;

/** Medians of the second and of the last third of the samples, of one process. */
export interface SoakFigure {
  readonly name: string;
  readonly what: keyof Holding;
  readonly second: number;
  readonly last: number;
}

/** What grows while the load stays the same: memory and handles in the last third against the second third of the samples. */
export function soakGrowth(samples: readonly Holdings[]): readonly string[] {
  const figures = soakFigures(samples);
  if (figures.length === 0) return [`${samples.length} samples are too few to tell whether memory grows`];
  return figures.filter(({ second, last }) => last > second * (1 + SOAK_SHARE)).map(describeSoakFigure);
}

export function describeSoakFigure({ name, what, second, last }: SoakFigure): string {
  return `${what} of ${name}: ${second.toFixed(0)} in the second third, ${last.toFixed(0)} in the last`;
}

/** None when there are too few samples. */
export function soakFigures(samples: readonly Holdings[]): readonly SoakFigure[] {
  const third = Math.floor(samples.length / 3);
  if (third < 2) return [];
  const names = new Set(samples.flatMap((sample) => Object.keys(sample)));
  const median = (part: readonly Holdings[], name: string, what: keyof Holding): number => {
    const values = part.flatMap((sample) => sample[name]?.[what] ?? []).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? 0;
  };
  return [...names].flatMap((name) =>
    (['rssMb', 'handles'] as const).map((what) => ({
      name,
      what,
      second: median(samples.slice(third, 2 * third), name, what),
      last: median(samples.slice(2 * third), name, what),
    })),
  );
}
