#!/usr/bin/python3
"""load_directory.py FOLDER: fills a stopped domain controller with an invented company, in one transaction.

Reads a JSON object from standard input:
  {"users", "groups", "contacts", "computers", "membersMin", "membersMax", "seed", "employeePrefix",
   "mailboxesElsewhere"?: true when four in ten users have their mailbox in another forest (resource_forest.py),
   "accounts"?: the users of the account forest that this forest has mailboxes, contacts and groups for}
and prints what was made as JSON. The same input gives the same directory (but for SIDs, GUIDs and times).
With mailboxesElsewhere it also writes FOLDER/accounts.json, the input "accounts" of the other forest.

Passwords: the raw NT hash of `Lab-<employeeID>-Word!` is written past the password module (bypass control), which is
25 times as fast as setting a password. Such users log on by LDAP simple bind and NTLM; they have no Kerberos AES keys.
"""

import json
import os
import random
import sys
import time

import ldb
from samba import dsdb
from samba.credentials import Credentials
from samba.dcerpc import security
from samba.ndr import ndr_unpack

from people import (DEPARTMENTS, FAMILY_NAMES, GIVEN_NAMES, PLACES, SAM_ACCOUNT_NAME_LIMIT, UniqueNames, ascii_form, dn_value)
from resource_forest import ResourceForest, account_roles
from samba_database import open_database

# userAccountControl, MS-ADTS 2.2.16
NORMAL_ACCOUNT = 0x200
DISABLED = 0x2
WORKSTATION = 0x1000
# groupType, MS-ADTS 2.2.12: security group of global, domain local, universal scope
GROUP_TYPES = ["-2147483646", "-2147483644", "-2147483640"]
# Only a domain local group may have members of another forest.
DOMAIN_LOCAL = "-2147483644"
GROUP_TOPICS = ["Readers", "Editors", "Approvers", "Project", "Application", "Printers", "VPN", "Team"]

SHARE_DISABLED = 0.03
SHARE_INET_ORG_PERSON = 0.02
SHARE_WITH_ALIAS = 0.5
SHARE_NESTED = 0.2
SECONDS_1601_TO_1970 = 11644473600
BYPASS_PASSWORD_HASH = ["local_oid:%s:0" % dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID]


def nt_hash(password):
    credentials = Credentials()
    credentials.set_anonymous()
    credentials.set_password(password)
    return bytes(credentials.get_nt_hash())


class Loader:
    def __init__(self, database, order):
        self.database = database
        self.order = order
        self.random = random.Random(order["seed"])
        self.domain = database.domain_dns_name()
        self.base = str(database.domain_dn())
        self.root = "OU=Adjoin," + self.base
        self.now = str((int(time.time()) + SECONDS_1601_TO_1970) * 10**7)
        self.sam_names = UniqueNames()
        self.mail_names = UniqueNames()
        self.common_names = UniqueNames()
        self.users = []
        self.enabled = 0
        self.groups = []
        self.memberships = 0
        # Users as the other forest has to know them, with the place of the manager in this list.
        self.accounts = []
        self.resources = ResourceForest(self, order.get("accounts", []))

    def add_unit(self, name, parent, description):
        dn = "OU=%s,%s" % (dn_value(name), parent)
        self.database.add({"dn": dn, "objectClass": "organizationalUnit", "description": description})
        return dn

    def add_units(self):
        self.add_unit("Adjoin", self.base, "In scope of synchronization")
        self.add_unit("Out of Scope", self.base, "Not synchronized")
        employees = self.add_unit("Employees", self.root, "People by department")
        self.departments = [(name, titles, self.add_unit(name, employees, name)) for name, titles in DEPARTMENTS]
        self.group_unit = self.add_unit("Groups", self.root, "Security groups")
        self.partner_unit = self.add_unit("Partners", self.root, "Contacts of other companies")
        self.workstation_unit = self.add_unit("Workstations", self.root, "Computers")

    def add_user(self, index):
        given, family = self.random.choice(GIVEN_NAMES), self.random.choice(FAMILY_NAMES)
        department, titles, unit = self.departments[index % len(self.departments)]
        place_number = self.random.randrange(len(PLACES))
        place = PLACES[place_number]
        mail_name = self.mail_names.claim("%s.%s" % (ascii_form(given), ascii_form(family)))
        sam_name = self.sam_names.claim(ascii_form(given)[:1] + ascii_form(family), SAM_ACCOUNT_NAME_LIMIT)
        mail = "%s@%s" % (mail_name, self.domain)
        employee_id = "%s%06d" % (self.order["employeePrefix"], index)
        disabled = self.random.random() < SHARE_DISABLED
        dn = "CN=%s,%s" % (dn_value(self.common_names.claim("%s %s" % (given, family), separator=" ")), unit)
        roles = account_roles(index)
        has_mailbox = not (self.order.get("mailboxesElsewhere") and roles["mailbox"])
        manager = self.manager_of(index)
        self.database.add({
            "dn": dn,
            "objectClass": "inetOrgPerson" if self.random.random() < SHARE_INET_ORG_PERSON else "user",
            "sAMAccountName": sam_name,
            "userPrincipalName": mail,
            "userAccountControl": str(NORMAL_ACCOUNT | (DISABLED if disabled else 0)),
            "unicodePwd": nt_hash("Lab-%s-Word!" % employee_id),
            "pwdLastSet": self.now,
            "employeeID": employee_id,
            "extensionAttribute1": "CC-%04d" % (1000 + index % 40),
            **self.personal_attributes(given, family, department, titles),
            **self.place_attributes(place),
            **(self.mail_attributes(mail, mail_name) if has_mailbox else {}),
            **({} if manager is None else {"manager": self.users[manager]}),
        }, BYPASS_PASSWORD_HASH)
        self.users.append(dn)
        self.accounts.append({"sam": sam_name, "given": given, "family": family, "mailName": mail_name, "mail": mail,
                              "place": place_number, "manager": manager, **roles})
        self.enabled += 0 if disabled else 1

    def personal_attributes(self, given, family, department, titles):
        return {
            "givenName": given,
            "sn": family,
            "displayName": "%s %s" % (given, family),
            "department": department,
            "title": self.random.choice(titles),
            "company": "Adjoin Example Ltd.",
        }

    def place_attributes(self, place):
        city, code, country, number, dialling, street, postal_code, state = place
        attributes = {
            "l": city,
            "c": code,
            "co": country,
            "countryCode": str(number),
            "streetAddress": street,
            "postalCode": postal_code,
            "physicalDeliveryOfficeName": city,
            "telephoneNumber": "%s %07d" % (dialling, self.random.randrange(10**7)),
        }
        if state:
            attributes["st"] = state
        if self.random.random() < 0.6:
            attributes["mobile"] = "%s %09d" % (dialling.split(" ")[0], self.random.randrange(10**9))
        return attributes

    def mail_attributes(self, mail, mail_name):
        addresses = ["SMTP:" + mail]
        if self.random.random() < SHARE_WITH_ALIAS:
            addresses.append("smtp:%s@alias.%s" % (mail_name, self.domain))
        return {"mail": mail, "mailNickname": mail_name, "proxyAddresses": addresses}

    def manager_of(self, index):
        """Number of the user's manager: the first person of a department leads it, every later one reports to one of its first ten."""
        position, count = divmod(index, len(self.departments))
        if position == 0:
            return 0 if self.users else None
        return self.random.randrange(min(position, 10)) * len(self.departments) + count

    def add_contact(self, index):
        given, family = self.random.choice(GIVEN_NAMES), self.random.choice(FAMILY_NAMES)
        name = self.common_names.claim("%s %s" % (given, family), separator=" ")
        mail = "contact%05d@partner.example" % index
        self.database.add({
            "dn": "CN=%s,%s" % (dn_value(name), self.partner_unit),
            "objectClass": "contact",
            "givenName": given,
            "sn": family,
            "displayName": name,
            "company": "Partner Example",
            "mail": mail,
            "mailNickname": "contact%05d" % index,
            "targetAddress": "SMTP:" + mail,
            "proxyAddresses": ["SMTP:" + mail],
        })

    def add_computer(self, index):
        name = "WS-%06d" % index
        self.database.add({
            "dn": "CN=%s,%s" % (name, self.workstation_unit),
            "objectClass": "computer",
            "sAMAccountName": name + "$",
            "userAccountControl": str(WORKSTATION),
            "dNSHostName": "%s.%s" % (name.lower(), self.domain),
            "operatingSystem": "Windows 11 Enterprise",
        })

    def add_group(self, index):
        department = self.departments[index % len(self.departments)][0]
        topic = GROUP_TOPICS[index // len(self.departments) % len(GROUP_TOPICS)]
        name = "%s %s %04d" % (department, topic, index)
        group_type = GROUP_TYPES[index % len(GROUP_TYPES)]
        wanted = self.random.randint(self.order["membersMin"], self.order["membersMax"])
        candidates = self.member_candidates(group_type)
        members = self.random.sample(candidates, min(wanted, len(candidates)))
        if self.groups and self.random.random() < SHARE_NESTED:
            # One place is the nested group's, so that the number of members stays what was asked for.
            members = members[:-1] + [self.random.choice(self.groups)]
        if group_type == DOMAIN_LOCAL:
            members += [dn for dn in self.resources.twice() if dn not in members]
        dn = "CN=%s,%s" % (dn_value(name), self.group_unit)
        entry = {
            "dn": dn,
            "objectClass": "group",
            "sAMAccountName": "grp-%05d" % index,
            "displayName": name,
            "description": "%s of %s" % (topic, department),
            "groupType": group_type,
        }
        if self.users:
            entry["managedBy"] = self.users[self.random.randrange(len(self.users))]
        if members:
            entry["member"] = members
        self.database.add(entry)
        self.groups.append(dn)
        self.memberships += len(members)

    def member_candidates(self, group_type):
        own = self.users + list(self.resources.mailboxes.values()) + list(self.resources.contacts.values())
        return own + list(self.resources.foreign.values()) if group_type == DOMAIN_LOCAL else own

    def run(self):
        self.add_units()
        for number, add in (("users", self.add_user), ("contacts", self.add_contact), ("computers", self.add_computer)):
            for index in range(self.order[number]):
                add(index)
        if self.order.get("accounts"):
            self.resources.add()
        for index in range(self.order["groups"]):
            self.add_group(index)

    def accounts_with_sids(self):
        found = self.database.search(self.root, ldb.SCOPE_SUBTREE, "(objectClass=user)", ["sAMAccountName", "objectSid"])
        sids = {str(entry["sAMAccountName"]): str(ndr_unpack(security.dom_sid, entry["objectSid"][0])) for entry in found}
        return [{**account, "sid": sids[account["sam"]]} for account in self.accounts]


def main():
    order = json.load(sys.stdin)
    database, _ = open_database(sys.argv[1], fast=True)
    loader = Loader(database, order)
    database.transaction_start()
    try:
        loader.run()
    except BaseException:
        database.transaction_cancel()
        raise
    database.transaction_commit()
    if order.get("mailboxesElsewhere"):
        with open(os.path.join(sys.argv[1], "accounts.json"), "w", encoding="utf-8") as file:
            json.dump(loader.accounts_with_sids(), file)
    counts = {name: order[name] for name in ("users", "groups", "contacts", "computers")}
    resources = loader.resources
    print(json.dumps({
        **counts,
        "enabledUsers": loader.enabled,
        "memberships": loader.memberships,
        "linkedMailboxes": len(resources.mailboxes),
        "linkedContacts": len(resources.contacts),
        "foreignPrincipals": len(resources.foreign),
    }))


main()
