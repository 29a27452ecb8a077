import { z } from 'zod';

/** The part of a `.cpuprofile` that a flame graph is made of. */
const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** A function in the tree of calls with the time spent in it and in what it called. */
export interface Frame {
  readonly name: string;
  readonly place: string;
  readonly totalMs: number;
  readonly children: readonly Frame[];
}

/** Not work: waiting for something to do. */
const IDLE = new Set(['(idle)', '(program)']);

/** Reads a profile as V8 writes it; frames are sorted by time, idle time is left out. Throws a ZodError when it is none. */
export function readProfile(json: string): Frame {
  const { nodes, samples, timeDeltas } = cpuProfile.parse(JSON.parse(json));
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frame = (id: number): Frame => {
    const node = byId.get(id);
    const children = (node?.children ?? [])
      .filter((child) => !IDLE.has(byId.get(child)?.callFrame.functionName ?? ''))
      .map(frame)
      .toSorted((a, b) => b.totalMs - a.totalMs);
    const { functionName = '', url = '', lineNumber = 0 } = node?.callFrame ?? {};
    return {
      name: functionName === '' ? '(anonymous)' : functionName,
      place: url === '' ? '' : `${url.replace(/^file:\/\//, '')}:${lineNumber + 1}`,
      totalMs: children.reduce((sum, { totalMs }) => sum + totalMs, own.get(id) ?? 0),
      children,
    };
  };
  return frame(nodes[0]?.id ?? 0);
}

/** The program that a profile is of: the first application in its frames, `sync-engine`; undefined when there is none. */
export function programOf(root: Frame): string | undefined {
  const own = /\/apps\/([^/]+)\//.exec(root.place)?.[1];
  if (own !== undefined) return own;
  for (const child of root.children) {
    const found = programOf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

const WIDTH = 1400;
const ROW = 17;
const LEAST_WIDTH = 0.7;
const LETTER = 6.2;

/** The tree as an SVG document: a row for each level of calls, as wide as its share of the time. */
export function flameGraph(root: Frame, title: string): string {
  const boxes: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, x: number, level: number): void => {
    const width = (frame.totalMs / Math.max(root.totalMs, 1e-9)) * WIDTH;
    if (width < LEAST_WIDTH) return;
    depth = Math.max(depth, level);
    boxes.push(box(frame, { x, y: 24 + level * ROW, width, share: frame.totalMs / root.totalMs }));
    let left = x;
    for (const child of frame.children) {
      draw(child, left, level + 1);
      left += (child.totalMs / root.totalMs) * WIDTH;
    }
  };
  draw(root, 0, 0);
  const height = 24 + (depth + 1) * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="monospace" font-size="11">`,
    `<text x="4" y="16">${escaped(title)}: ${root.totalMs.toFixed(0)} ms at work</text>`,
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

function box(
  { name, place, totalMs }: Frame,
  { x, y, width, share }: { readonly x: number; readonly y: number; readonly width: number; readonly share: number },
): string {
  const letters = Math.floor((width - 4) / LETTER);
  const text =
    letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, letters))}</text>`;
  const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(place)}"/>`;
  const hint = `<title>${escaped(`${name} ${place} ${totalMs.toFixed(1)} ms, ${(share * 100).toFixed(1)} %`)}</title>`;
  return `<g>${hint}${rect}${text}</g>`;
}

/** Ours, of packages, of Node and V8. */
function colourOf(place: string): string {
  if (place.includes('/node_modules/')) return '#f4d58d';
  return place.startsWith('/') ? '#f28f6b' : '#c9d3dc';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
