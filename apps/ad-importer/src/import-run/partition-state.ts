/** What /readyz shows about one partition. */
export interface PartitionState {
  ok: boolean;
  detail: string;
  /** Time of the last completed read, in milliseconds since the epoch. */
  lastReadAt: number | undefined;
}

export const initialState = (): PartitionState => ({ ok: false, detail: 'starting', lastReadAt: undefined });
