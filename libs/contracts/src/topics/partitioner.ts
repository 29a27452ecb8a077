/**
 * Kafka partition of a key: the default partitioner of Kafka's own clients (murmur2, seed 0x9747b28c, sign bit cleared).
 * Importers place messages themselves, so that the counts in run markers are exact per partition.
 */
export function partitionForKey(key: string, partitions: number): number {
  return (murmur2(new TextEncoder().encode(key)) & 0x7fffffff) % partitions;
}

const M = 0x5bd1e995;

function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const end = length & ~3;
  for (let i = 0; i < end; i += 4) {
    let k = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  const rest = length & 3;
  if (rest === 3) h ^= byte(data, end + 2) << 16;
  if (rest >= 2) h ^= byte(data, end + 1) << 8;
  if (rest >= 1) h = Math.imul(h ^ byte(data, end), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}

const byte = (data: Uint8Array, index: number): number => data[index] ?? 0;
