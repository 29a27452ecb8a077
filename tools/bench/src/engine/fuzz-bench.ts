import { fuzzParser } from '@adjoin/engine';
import type { Bench } from '../bench.js';
import { FigureTable } from '../result/figure.js';

const SECONDS = 60;

/** Random texts for the parser of expressions; a text it does not deal with fails the bench and is shown with its seed. */
export const fuzzBench: Bench = {
  name: 'fuzz',
  does: 'the expression parser with random texts (--seconds, 60; --seed, another one each time)',
  run: ({ options, report, profiled }) => {
    const seconds = options.seconds ?? SECONDS;
    const seed = options.seed ?? Date.now() % 2 ** 31;
    report(`${seconds} s with seed ${seed}`);
    const found = profiled('fuzz', () => fuzzParser(seconds, seed));
    if (found.failures.length > 0) {
      const lines = found.failures.map(({ text, problem }) => `  ${JSON.stringify(text)}: ${problem}`);
      throw new Error([`The parser failed on ${lines.length} texts of seed ${seed}:`, ...lines].join('\n'));
    }
    const table = new FigureTable();
    table.add(found.texts / seconds, { name: 'texts', unit: 'texts/s', better: 'more' });
    table.add((found.accepted * 100) / found.texts, { name: 'of them expressions', unit: '%', better: 'more' });
    table.add(found.slowest.milliseconds, { name: 'slowest text', unit: 'ms', better: 'less' });
    return Promise.resolve({
      parameters: { seconds },
      figures: table.figures(),
      notes: [`seed ${seed}, no failure`],
    });
  },
};
