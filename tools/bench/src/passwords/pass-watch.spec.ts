import { describe, expect, it } from 'vitest';
import { between, passTotal } from './pass-watch.js';

const EXPOSED = [
  '# HELP adjoin_password_pass_seconds duration of incremental passes',
  '# TYPE adjoin_password_pass_seconds histogram',
  'adjoin_password_pass_seconds_count{connector="corp",changes="none",otel_scope_name="adjoin"} 7',
  'adjoin_password_pass_seconds_sum{connector="corp",changes="none",otel_scope_name="adjoin"} 0.125',
  'adjoin_password_pass_seconds_bucket{connector="corp",changes="none",otel_scope_name="adjoin",le="0.01"} 7',
  'adjoin_password_pass_seconds_count{connector="corp",changes="one",otel_scope_name="adjoin"} 2',
  'adjoin_password_pass_seconds_sum{connector="corp",changes="one",otel_scope_name="adjoin"} 0.25 1760000000000',
].join('\n');

describe('durations of incremental passes', () => {
  it('are counted and summed by what the passes found', () => {
    expect(passTotal(EXPOSED, 'none')).toEqual({ count: 7, seconds: 0.125 });
    expect(passTotal(EXPOSED, 'one')).toEqual({ count: 2, seconds: 0.25 });
  });

  it('begin with nothing before the first pass', () => {
    expect(passTotal('', 'one')).toEqual({ count: 0, seconds: 0 });
  });

  it('are the difference of two sums', () => {
    expect(between({ count: 2, seconds: 0.25 }, { count: 3, seconds: 0.375 })).toEqual([125]);
    expect(between({ count: 2, seconds: 0.25 }, { count: 2, seconds: 0.25 })).toEqual([]);
  });

  it('count with their mean where several passes ended between two looks', () => {
    expect(between({ count: 0, seconds: 0 }, { count: 2, seconds: 0.5 })).toEqual([250, 250]);
  });
});
