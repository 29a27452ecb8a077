/** An ordered stream of bytes to a server. Errors are SyncErrors of ADJ-PHS-7001 (no connection) and 7006 (lost). */
export interface ByteChannel {
  write(bytes: Buffer): void;
  /** The next bytes as they come; undefined when the server has closed. One reader at a time. */
  read(): Promise<Buffer | undefined>;
  /** Closes at once; a pending read ends. */
  close(): void;
}

/** Opens a channel; the signal ends the attempt. */
export type OpenChannel = (host: string, port: number, signal: AbortSignal) => Promise<ByteChannel>;
