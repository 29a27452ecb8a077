import type { AppName, Lab } from './lab.js';

/** Sum of the series of a metric at `/metrics` of a process; undefined when there is none. */
export async function metric(lab: Lab, app: AppName, name: string): Promise<number | undefined> {
  const response = await fetch(`${lab.address(app)}/metrics`, { signal: AbortSignal.timeout(5000) });
  const lines = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  if (lines.length === 0) return undefined;
  return lines.reduce(
    (sum, line) =>
      sum +
      Number(
        line
          .replace(/^[^}]*\}|^\S+/, '')
          .trim()
          .split(' ')[0],
      ),
    0,
  );
}
