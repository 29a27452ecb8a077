import { Ber, BerWriter, Control, type BerReader } from 'ldapts';

/**
 * LDAP_SERVER_DIRSYNC_OID, [MS-ADTS] 3.1.1.3.4.1.3.
 * DirSyncRequestValue ::= SEQUENCE { Flags INTEGER, MaxBytes INTEGER, Cookie OCTET STRING }
 * DirSyncResponseValue ::= SEQUENCE { MoreResults INTEGER, unused INTEGER, CookieServer OCTET STRING }
 */
export const DIRSYNC_OID = '1.2.840.113556.1.4.841';

/** Flags of the request; INCREMENTAL_VALUES is bit 31 and therefore a negative integer on the wire. */
export const DIRSYNC_FLAGS = {
  objectSecurity: 0x1,
  ancestorsFirst: 0x800,
  publicDataOnly: 0x2000,
  incrementalValues: 0x80000000 | 0,
} as const;

export interface DirSyncResponse {
  /** More changes wait behind the cookie. */
  readonly more: boolean;
  readonly cookie: Buffer;
}

/** One request; ldapts hands the response value to the same instance, so use a new one for each search. */
export class DirSyncControl extends Control {
  response: DirSyncResponse | undefined;
  readonly #flags: number;
  readonly #maxBytes: number;
  readonly #cookie: Buffer;

  constructor(options: { readonly flags: number; readonly maxBytes: number; readonly cookie: Buffer }) {
    super(DIRSYNC_OID, { critical: true });
    this.#flags = options.flags | 0;
    this.#maxBytes = options.maxBytes;
    this.#cookie = options.cookie;
  }

  override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(this.#flags);
    value.writeInt(this.#maxBytes);
    value.writeBuffer(this.#cookie, Ber.OctetString);
    value.endSequence();
    writer.writeBuffer(value.buffer, Ber.OctetString);
  }

  override parseControl(reader: BerReader): void {
    reader.readSequence();
    const more = reader.readInt() !== 0;
    reader.readInt();
    this.response = { more, cookie: Buffer.from(reader.readString(Ber.OctetString, true) ?? Buffer.alloc(0)) };
  }
}
