import { all, first, integer, type DirectoryEntry } from './directory-object.js';

/**
 * What a directory entry is to the target: an object it holds, one it cannot hold, or nothing that is synchronized. A linked mailbox counts
 * only together with its account.
 */
export type Standing = 'user' | 'linked-mailbox' | 'group' | 'unsupported-group' | 'unsupported-contact' | 'left-out';

/** Exchange's recipient types that stand for system objects: bits of msExchRecipientTypeDetails. */
const SYSTEM_MAILBOXES = 0x21c07000n;
const ROLE_GROUP = 0x40000000n;
const LINKED_MAILBOX = 2n;
const SECURITY_ENABLED = 0x80000000n;

/** Tells what the standard rules make of an entry (default rules, sections 2, 5 and 6), computed from the entry alone. */
export function standingOf(entry: DirectoryEntry): Standing {
  if (isSystemObject(entry)) return 'left-out';
  if (entry.classes.has('contact')) return contactStanding(entry);
  if (entry.classes.has('group')) return groupStanding(entry);
  if (!isOrdinaryUser(entry)) return 'left-out';
  return integer(entry, 'msExchRecipientTypeDetails') === LINKED_MAILBOX ? 'linked-mailbox' : 'user';
}

function isSystemObject(entry: DirectoryEntry): boolean {
  const conflict = /^[^,]*(\\0ACNF:|\nCNF:)/i.test(entry.dn);
  return conflict || first(entry, 'isCriticalSystemObject') !== undefined;
}

function isOrdinaryUser(entry: DirectoryEntry): boolean {
  const sam = first(entry, 'sAMAccountName') ?? '';
  const nickname = first(entry, 'mailNickname') ?? '';
  const recipient = integer(entry, 'msExchRecipientTypeDetails') ?? 0n;
  const isService =
    sam === '' ||
    sam === 'SUPPORT_388945a0' ||
    sam.startsWith('AAD_') ||
    sam.startsWith('MSOL_') ||
    [sam, nickname].some((name) => name.startsWith('CAS_') && name.includes('}')) ||
    nickname.startsWith('SystemMailbox{');
  const writtenBack = /^User_/i.test(first(entry, 'adminDescription') ?? '') && !entry.classes.has('inetorgperson');
  return !isService && !writtenBack && (recipient & SYSTEM_MAILBOXES) === 0n;
}

/** Contacts are matched by mail: without one they are never taken over. */
function contactStanding(entry: DirectoryEntry): Standing {
  const hasMail = (first(entry, 'mail') ?? '').trim() !== '';
  return hasMail && isMailEnabled(entry) ? 'unsupported-contact' : 'left-out';
}

function groupStanding(entry: DirectoryEntry): Standing {
  const isRole = ((integer(entry, 'msExchRecipientTypeDetails') ?? 0n) & ROLE_GROUP) !== 0n;
  const writtenBack = /^Group_/i.test(first(entry, 'adminDescription') ?? '');
  if (isRole || writtenBack || first(entry, 'sAMAccountName') === 'MSOL_AD_Sync_RichCoexistence') return 'left-out';
  const groupType = BigInt.asUintN(32, integer(entry, 'groupType') ?? 0n);
  if ((groupType & SECURITY_ENABLED) !== 0n) return 'group';
  return isMailEnabled(entry) ? 'unsupported-group' : 'left-out';
}

function isMailEnabled(entry: DirectoryEntry): boolean {
  const byProxy = all(entry, 'proxyAddresses').some((value) => value.includes('SMTP:') && value.includes('@'));
  return byProxy || (first(entry, 'mail') ?? '').includes('@');
}
