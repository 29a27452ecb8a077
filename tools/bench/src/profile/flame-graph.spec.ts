import { describe, expect, it } from 'vitest';
import { flameGraph, programOf, readProfile } from './flame-graph.js';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
const profile = JSON.stringify({
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
    { id: 2, callFrame: frame('small', 'file:///repo/apps/sync-engine/dist/a.js') },
    { id: 3, callFrame: frame('large', 'file:///repo/node_modules/x/b.js'), children: [4] },
    { id: 4, callFrame: frame('<inner> & "co"') },
    { id: 5, callFrame: frame('(idle)') },
  ],
  samples: [2, 3, 4, 5],
  timeDeltas: [1000, 2000, 3000, 90_000],
});

describe('a flame graph', () => {
  it('adds the time of what was called, leaves idle time out, and puts the largest first', () => {
    const root = readProfile(profile);
    expect(root.totalMs).toBe(6);
    expect(root.children.map(({ name, totalMs }) => [name, totalMs])).toEqual([
      ['large', 5],
      ['small', 1],
    ]);
  });

  it('knows the program it is of', () => {
    expect(programOf(readProfile(profile))).toBe('sync-engine');
  });

  it('is a picture with the name, place and share of every function, and with no markup of theirs', () => {
    const svg = flameGraph(readProfile(profile), 'sync-engine');
    expect(svg).toContain('large /repo/node_modules/x/b.js:5 5.0 ms, 83.3 %');
    expect(svg).toContain('&lt;inner&gt; &amp; &quot;co&quot;');
    expect(svg.match(/<rect /g)).toHaveLength(4);
  });

  it('refuses what is no profile', () => {
    expect(() => readProfile('{}')).toThrow();
  });
});
