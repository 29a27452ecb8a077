import { Ber, BerWriter, Control } from 'ldapts';

/** A request control with a fixed value, or none. */
class FixedControl extends Control {
  readonly #value: Buffer | undefined;
  constructor(oid: string, critical: boolean, value?: Buffer) {
    super(oid, { critical });
    this.#value = value;
  }
  override writeControl(writer: BerWriter): void {
    if (this.#value !== undefined) writer.writeBuffer(this.#value, Ber.OctetString);
  }
}

/** LDAP_SERVER_EXTENDED_DN_OID with Flag 1 (text form): `<GUID=…>;<SID=…>;DN` ([MS-ADTS] 3.1.1.3.4.1.5). */
export function extendedDn(): Control {
  const value = new BerWriter();
  value.startSequence();
  value.writeInt(1);
  value.endSequence();
  return new FixedControl('1.2.840.113556.1.4.529', true, value.buffer);
}

/** LDAP_SERVER_SHOW_DELETED_OID: tombstones and deleted objects are returned too. */
export const showDeleted = (): Control => new FixedControl('1.2.840.113556.1.4.417', true);

/** LDAP_SERVER_SHOW_RECYCLED_OID; not critical, old servers do not know it. */
export const showRecycled = (): Control => new FixedControl('1.2.840.113556.1.4.2064', false);

/** LDAP_SERVER_DOMAIN_SCOPE_OID: no referrals to other naming contexts. */
export const domainScope = (): Control => new FixedControl('1.2.840.113556.1.4.1339', false);

/** LDAP_SERVER_SD_FLAGS_OID with DACL_SECURITY_INFORMATION: the owner and the audit list need rights of their own. */
export function daclOnly(): Control {
  const value = new BerWriter();
  value.startSequence();
  value.writeInt(4);
  value.endSequence();
  return new FixedControl('1.2.840.113556.1.4.801', true, value.buffer);
}
