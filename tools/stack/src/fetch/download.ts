/** Where a service's program comes from, for the list that is shown before anything is fetched. */
export interface DownloadPlan {
  readonly what: string;
  readonly downloadMb: number;
  readonly diskMb: number;
  readonly seconds: number;
  /** True when system packages are installed, which needs consent. */
  readonly system: boolean;
}

/** Receives one line of progress for a person. */
export type Report = (line: string) => void;

/** One line of the list of downloads. */
export function describePlan(plan: DownloadPlan): string {
  const kind = plan.system ? 'installs system packages' : 'kept in the cache folder';
  return `${plan.what}: ${plan.downloadMb} MB to download, ${plan.diskMb} MB on disk, about ${plan.seconds} s (${kind})`;
}
