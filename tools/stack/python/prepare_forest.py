#!/usr/bin/python3
"""prepare_forest.py FOLDER: gives a freshly provisioned, stopped domain controller what a real forest has.

Reads a JSON object from standard input:
  {"accounts": [{"name", "password", "description", "rights": ["get-changes", "get-changes-all"]}]}

1. A subset of the Exchange schema: the attributes that flow to Entra ID and that a bare Active Directory lacks, under
   Exchange's own object identifiers, as optional attributes of Mail-Recipient (an auxiliary class of user, group, contact).
2. Service accounts with the extended rights named, on the domain's naming context and nothing else.
"""

import json
import sys

import ldb
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack

from samba_database import open_database

# (attributeSyntax, oMSyntax), MS-ADTS 3.1.1.2.2.2
UNICODE = ("2.5.5.12", "64")
INTEGER = ("2.5.5.9", "2")
BOOLEAN = ("2.5.5.8", "1")
LARGE_INTEGER = ("2.5.5.16", "65")
OCTETS = ("2.5.5.10", "4")
SID = ("2.5.5.17", "4")

EXTENSION_OID_TAILS = [423, 424, 425, 426, 427, 428, 429, 430, 431, 432, 599, 600, 601, 602, 603]
MAIL_OID = "1.2.840.113556.1.2"
EXCHANGE_OID = "1.2.840.113556.1.4.7000.102"

EXCHANGE_ATTRIBUTES = [
    ("extensionAttribute%d" % number, "ms-Exch-Extension-Attribute-%d" % number, "%s.%d" % (MAIL_OID, tail), UNICODE)
    for number, tail in enumerate(EXTENSION_OID_TAILS, start=1)
] + [
    ("targetAddress", "ms-Exch-Target-Address", MAIL_OID + ".352", UNICODE),
    ("mailNickname", "ms-Exch-Mail-Nickname", MAIL_OID + ".447", UNICODE),
    ("msExchHideFromAddressLists", "ms-Exch-Hide-From-Address-Lists", EXCHANGE_OID + ".73", BOOLEAN),
    ("msExchRecipientTypeDetails", "ms-Exch-Recipient-Type-Details", EXCHANGE_OID + ".50730", LARGE_INTEGER),
    ("msExchRemoteRecipientType", "ms-Exch-Remote-Recipient-Type", EXCHANGE_OID + ".50781", LARGE_INTEGER),
    ("msExchRecipientDisplayType", "ms-Exch-Recipient-Display-Type", EXCHANGE_OID + ".50596", INTEGER),
    ("msExchMailboxGuid", "ms-Exch-Mailbox-Guid", EXCHANGE_OID + ".11058", OCTETS),
    ("msExchMasterAccountSid", "ms-Exch-Master-Account-Sid", EXCHANGE_OID + ".80", SID),
    ("msExchUsageLocation", "ms-Exch-Usage-Location", EXCHANGE_OID + ".52080", UNICODE),
]

# Control access rights, MS-ADTS 5.1.3.2.1
RIGHTS = {
    "get-changes": "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2",
    "get-changes-all": "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",
}

RELOAD_SCHEMA = "dn:\nchangetype: modify\nadd: schemaUpdateNow\nschemaUpdateNow: 1\n"


def extend_schema(database):
    schema = str(database.get_schema_basedn())
    for name, common_name, oid, (syntax, om_syntax) in EXCHANGE_ATTRIBUTES:
        database.add({
            "dn": "CN=%s,%s" % (common_name, schema),
            "objectClass": "attributeSchema",
            "lDAPDisplayName": name,
            "attributeID": oid,
            "attributeSyntax": syntax,
            "oMSyntax": om_syntax,
            "isSingleValued": "TRUE",
        })
    database.modify_ldif(RELOAD_SCHEMA)
    recipient = ldb.Message(ldb.Dn(database, "CN=Mail-Recipient," + schema))
    names = [attribute[0] for attribute in EXCHANGE_ATTRIBUTES]
    recipient["mayContain"] = ldb.MessageElement(names, ldb.FLAG_MOD_ADD, "mayContain")
    database.modify(recipient)
    database.modify_ldif(RELOAD_SCHEMA)


def add_account(database, account):
    database.newuser(account["name"], account["password"], description=account["description"])
    database.setexpiry("(sAMAccountName=%s)" % account["name"], 0, no_expiry_req=True)
    found = database.search(str(database.domain_dn()), ldb.SCOPE_SUBTREE, "(sAMAccountName=%s)" % account["name"], ["objectSid"])
    return str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))


def grant(database, sids_by_right):
    base = database.domain_dn()
    controls = ["sd_flags:1:%d" % security.SECINFO_DACL]
    found = database.search(str(base), ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)
    descriptor = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0])
    domain_sid = security.dom_sid(database.get_domain_sid())
    for right, sid in sids_by_right:
        template = security.descriptor.from_sddl("D:(OA;;CR;%s;;%s)" % (RIGHTS[right], sid), domain_sid)
        descriptor.dacl_add(template.dacl.aces[0])
    change = ldb.Message(ldb.Dn(database, str(base)))
    change["nTSecurityDescriptor"] = ldb.MessageElement(ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    database.modify(change, controls)


def show_deleted_objects(database, sids):
    """DirSync reports tombstones only to accounts that may list and read the container of deleted objects."""
    container = ldb.Dn(database, "CN=Deleted Objects," + str(database.domain_dn()))
    controls = ["show_deleted:1", "sd_flags:1:%d" % security.SECINFO_DACL]
    found = database.search(container, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)
    descriptor = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0])
    domain_sid = security.dom_sid(database.get_domain_sid())
    for sid in sids:
        descriptor.dacl_add(security.descriptor.from_sddl("D:(A;;LCRP;;;%s)" % sid, domain_sid).dacl.aces[0])
    change = ldb.Message(container)
    change["nTSecurityDescriptor"] = ldb.MessageElement(ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    database.modify(change, controls)


def main():
    folder = sys.argv[1]
    accounts = json.load(sys.stdin)["accounts"]
    database, _ = open_database(folder, **{"dsdb:schema update allowed": "yes"})
    extend_schema(database)
    sids = [(right, sid) for account in accounts for sid in [add_account(database, account)] for right in account["rights"]]
    if sids:
        grant(database, sids)
        show_deleted_objects(database, sorted({sid for _, sid in sids}))


main()
