import { describe, expect, it } from 'vitest';
import { FigureTable } from '../result/figure.js';
import { addCpu, difference } from './process-figures.js';

describe('processor time by process', () => {
  it('between two readings counts a process that started meanwhile from nothing', () => {
    expect(difference({ kafka: 50, 'sync-engine': 30 }, { kafka: 20 })).toEqual({ kafka: 30, 'sync-engine': 30 });
  });

  it('is given per 1,000 objects, with sums of ours and of all', () => {
    const table = new FigureTable();
    addCpu(table, { kafka: 100, 'samba-corp': 40, 'sync-engine': 60 }, 2000, 'ms');
    expect(Object.fromEntries(table.figures().map(({ name, values }) => [name, values[0]]))).toEqual({
      'CPU kafka': 50,
      'CPU samba-corp': 20,
      'CPU sync-engine': 30,
      'CPU of our processes': 30,
      'CPU of all': 100,
    });
  });
});
