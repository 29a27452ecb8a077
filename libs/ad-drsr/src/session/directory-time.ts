const EPOCH_1601_MS = 11_644_473_600_000;

/** DSTIME ([MS-DRSR] 5.51): seconds since 1601-01-01 UTC. */
export function dsTimeToDate(seconds: bigint): Date {
  return new Date(Number(seconds) * 1000 - EPOCH_1601_MS);
}

/** FILETIME: units of 100 ns since 1601-01-01 UTC. Parts of a millisecond are cut off. 0 and "never" give dates too: test before. */
export function fileTimeToDate(fileTime: bigint): Date {
  return new Date(Number(fileTime / 10_000n) - EPOCH_1601_MS);
}
