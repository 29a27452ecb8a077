"""What a resource forest has beside its own people: mailboxes, contacts and members for the accounts of another forest.

An account is a JSON object, as `Loader.accounts` of load_directory.py lists them:
  {"sid", "sam", "given", "family", "mailName", "mail", "place", "manager", "mailbox", "contact", "foreign"}
"""

from samba.dcerpc import security
from samba.ndr import ndr_pack

from people import PLACES, SAM_ACCOUNT_NAME_LIMIT, ascii_form, dn_value

DISABLED_ACCOUNT = 0x202
# msExchRecipientTypeDetails and msExchRecipientDisplayType of a mailbox whose account is in another forest
LINKED_MAILBOX = "2"
MAILBOX_DISPLAY_TYPE = "0"
# One mailbox in so many has an account that nobody knows any more.
MAILBOXES_PER_ORPHAN = 40
NO_SUCH_RID = 4000000


def account_roles(index):
    """Which objects of the resource forest stand for the account with this number: four in ten have a mailbox there, one in ten
    a contact, one in four may be in groups there. A contact never stands for an account with a mailbox: both would be of one forest."""
    return {"mailbox": index % 5 in (1, 3), "contact": index % 10 == 0, "foreign": index % 4 == 0}


def packed_sid(text):
    return ndr_pack(security.dom_sid(text))


class ResourceForest:
    """Adds the objects by the loader's database, names and units."""

    def __init__(self, loader, accounts):
        self.loader = loader
        self.accounts = accounts
        # DNs by number of the account
        self.mailboxes = {}
        self.contacts = {}
        self.foreign = {}

    def add(self):
        loader = self.loader
        self.mailbox_unit = loader.add_unit("Linked Mailboxes", loader.root, "Mailboxes of accounts in another forest")
        self.address_book = loader.add_unit("Address Book", loader.root, "Contacts for people of another forest")
        for number, account in enumerate(self.accounts):
            if account["mailbox"]:
                self.add_mailbox(number, account)
            if account["contact"]:
                self.add_contact(number, account)
            if account["foreign"]:
                self.add_foreign(number, account)
        self.add_orphans()

    def add_mailbox(self, number, account):
        name = "%s %s" % (account["given"], account["family"])
        # The address list of the resource forest shows family names first; what it does not know comes from the account.
        dn = self.mailbox_entry(name, "mbx-%05d" % number, account["sid"], {
            "givenName": account["given"],
            "sn": account["family"],
            "displayName": "%s, %s" % (account["family"], account["given"]),
            "physicalDeliveryOfficeName": "Desk %d" % number,
            "msExchUsageLocation": PLACES[account["place"]][1],
            "mail": account["mail"],
            "mailNickname": account["mailName"],
            "proxyAddresses": ["SMTP:" + account["mail"], "smtp:%s@%s" % (account["mailName"], self.loader.domain)],
            **self.manager_attribute(account),
        })
        self.mailboxes[number] = dn

    def manager_attribute(self, account):
        mailbox = self.mailboxes.get(account["manager"])
        return {"manager": mailbox} if mailbox else {}

    def mailbox_entry(self, name, sam_name, master_sid, attributes):
        dn = "CN=%s,%s" % (dn_value(self.loader.common_names.claim(name, separator=" ")), self.mailbox_unit)
        self.loader.database.add({
            "dn": dn,
            "objectClass": "user",
            "sAMAccountName": self.loader.sam_names.claim(sam_name, SAM_ACCOUNT_NAME_LIMIT),
            "userPrincipalName": "%s@%s" % (sam_name, self.loader.domain),
            "userAccountControl": str(DISABLED_ACCOUNT),
            "msExchMasterAccountSid": packed_sid(master_sid),
            "msExchRecipientTypeDetails": LINKED_MAILBOX,
            "msExchRecipientDisplayType": MAILBOX_DISPLAY_TYPE,
            **attributes,
        })
        return dn

    def add_orphans(self):
        domain = self.accounts[0]["sid"].rsplit("-", 1)[0] if self.accounts else ""
        for index in range((len(self.mailboxes) + MAILBOXES_PER_ORPHAN - 1) // MAILBOXES_PER_ORPHAN):
            nickname = "former%03d" % index
            self.mailbox_entry("Former Employee %d" % index, nickname, "%s-%d" % (domain, NO_SUCH_RID + index), {
                "displayName": "Former Employee %d" % index,
                "mail": "%s@%s" % (nickname, self.loader.domain),
                "mailNickname": nickname,
                "proxyAddresses": ["SMTP:%s@%s" % (nickname, self.loader.domain)],
            })

    def add_contact(self, number, account):
        name = "%s %s" % (account["given"], account["family"])
        dn = "CN=%s,%s" % (dn_value(self.loader.common_names.claim(name, separator=" ")), self.address_book)
        self.loader.database.add({
            "dn": dn,
            "objectClass": "contact",
            "givenName": account["given"],
            "sn": account["family"],
            "displayName": "%s (account forest)" % name,
            "company": "Known by the account forest",
            # The account forest has no fax numbers: this value can only come from here.
            "facsimileTelephoneNumber": "+49 30 %07d" % number,
            "mail": account["mail"],
            "mailNickname": "%s.%s" % (ascii_form(account["family"]), number),
            "targetAddress": "SMTP:" + account["mail"],
            "proxyAddresses": ["SMTP:" + account["mail"]],
        })
        self.contacts[number] = dn

    def add_foreign(self, number, account):
        dn = "CN=%s,CN=ForeignSecurityPrincipals,%s" % (account["sid"], self.loader.base)
        # A domain controller makes such objects itself when it gets a member by SID, and lets nobody else add them.
        entry = {"dn": dn, "objectClass": "foreignSecurityPrincipal", "objectSid": packed_sid(account["sid"])}
        self.loader.database.add(entry, ["provision:0"])
        self.foreign[number] = dn

    def twice(self):
        """DNs of one person who is both a mailbox and a foreign security principal; none when there is no such person."""
        both = next((number for number in self.mailboxes if number in self.foreign), None)
        return [] if both is None else [self.mailboxes[both], self.foreign[both]]
