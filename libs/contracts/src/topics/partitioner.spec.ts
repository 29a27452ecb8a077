import { describe, expect, it } from 'vitest';
import { partitionForKey } from './partitioner.js';

describe('partitionForKey', () => {
  it('agrees with the default partitioner of Kafka clients', () => {
    // Values of org.apache.kafka.common.utils.Utils.murmur2 from Kafka's own unit test, sign bit cleared.
    const known: Readonly<Record<string, number>> = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
    };
    for (const [key, hash] of Object.entries(known))
      expect(partitionForKey(key, 0x7fffffff)).toBe((hash & 0x7fffffff) % 0x7fffffff);
  });

  it('stays within the partitions', () => {
    for (let i = 0; i < 200; i++) expect(partitionForKey(`key-${i}`, 7)).toBeLessThan(7);
  });
});
