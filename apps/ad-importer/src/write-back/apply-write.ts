import {
  SyncError,
  toSyncError,
  type ForestExportMessage,
  type ResultMessage,
  type WritableAttributes,
} from '@adjoin/contracts';
import { LDAP_RESULT, statusOf } from '@adjoin/ad-ldap';
import type { ForestWriter } from './forest-writer.js';
import { nameOf, writesOf, type Write } from './writes-of.js';

/** What came of one export. `missing` is no answer here: only an import may conclude that an object of a source is gone. */
export interface WriteOutcome {
  readonly kind: Exclude<ResultMessage['outcome'], 'missing'>;
  readonly error?: SyncError | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Attributes that the schema of the forest lacks: everything else was written. */
  readonly unsupported?: readonly string[] | undefined;
}

export interface WriteOptions {
  readonly writer: ForestWriter;
  readonly writable: WritableAttributes;
  /** The account that signs in, as the connector names it. */
  readonly account: string;
}

const RETRY_UNREACHABLE_MS = 10_000;
const RETRY_ABSENT_MS = 60_000;
const UNKNOWN_ATTRIBUTE: readonly number[] = [LDAP_RESULT.noSuchAttribute, LDAP_RESULT.undefinedAttributeType];

/**
 * Applies one export to Active Directory, each attribute as its mode says (`WriteMode`); what is as it should be already is not written, so that a
 * repetition has no effect. Everything else that an export could ask for is refused before anything is sent (ADJ-EXP-3203). Never rejects: what goes
 * wrong is the outcome.
 */
export async function applyWrite(message: ForestExportMessage, options: WriteOptions): Promise<WriteOutcome> {
  try {
    const unsupported: string[] = [];
    for (const write of writesOf(message, options.writable))
      if (!(await perform(message, write, options))) unsupported.push(write.attribute);
    if (unsupported.length === 0) return { kind: 'applied' };
    const text = `The schema of the forest of ${nameOf(message)} lacks ${unsupported.join(', ')}.`;
    return { kind: 'applied', unsupported, error: new SyncError('ADJ-EXP-3206', text) };
  } catch (cause) {
    const error = toSyncError(cause, 'ADJ-IMP-1001');
    if (error.code === 'ADJ-EXP-3204') return { kind: 'deferred', error, retryAfterMs: RETRY_ABSENT_MS };
    if (error.code.startsWith('ADJ-EXP-')) return { kind: 'failed', error };
    return { kind: 'deferred', error, retryAfterMs: RETRY_UNREACHABLE_MS };
  }
}

/** False when the schema of the forest has no such attribute. */
async function perform(message: ForestExportMessage, write: Write, options: WriteOptions): Promise<boolean> {
  const guid = message.cloudId ?? '';
  const { attribute } = write;
  const open = await lacking(message, write, options.writer);
  if (open === undefined) return true;
  try {
    if (write.mode.kind === 'replace') await options.writer.replace(guid, attribute, open);
    else await options.writer.add(guid, attribute, open);
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === LDAP_RESULT.insufficientAccessRights) throw lackingRight(message, write, options, error);
    // Somebody was faster. Windows and Samba differ in how they say that a single-valued attribute has a value.
    if (status === LDAP_RESULT.attributeOrValueExists || status === LDAP_RESULT.constraintViolation) {
      if ((await lacking(message, write, options.writer)) === undefined) return true;
    }
    if (status === undefined || status === LDAP_RESULT.noSuchObject) throw error;
    if (UNKNOWN_ATTRIBUTE.includes(status)) return false;
    const reason = toSyncError(error).message;
    throw new SyncError('ADJ-EXP-3205', `${nameOf(message)}: ${reason}`, { cause: error, object: guid });
  }
}

/** The values to write; undefined when everything is as it should be. Throws when the object is not there, and for the conflict of `fill`. */
async function lacking(
  message: ForestExportMessage,
  { attribute, values, mode }: Write,
  writer: ForestWriter,
): Promise<readonly Buffer[] | undefined> {
  const guid = message.cloudId ?? '';
  const present = await writer.read(guid, attribute);
  if (present === undefined)
    throw new SyncError('ADJ-EXP-3204', `${nameOf(message)} (${guid}) is in none of the selected domains.`, {
      object: guid,
    });
  if (mode.kind === 'add') {
    const known = new Set(present.map(folded));
    // The others of the list are those that the import showed: who took one away meanwhile does not get it back.
    const missing = values.filter((value) => mode.owned(value.toString('utf8')) && !known.has(folded(value)));
    return missing.length === 0 ? undefined : missing;
  }
  if (present.length === values.length && values.every((value) => present.some((one) => one.equals(value))))
    return undefined;
  if (mode.kind === 'replace' || present.length === 0) return values;
  const text = `${attribute} of ${nameOf(message)} holds ${shown(present)} already, and ${shown(values)} should be written.`;
  throw new SyncError('ADJ-EXP-3201', text, { object: guid });
}

/** Addresses are compared without regard to case, as Exchange does. */
const folded = (value: Buffer): string => value.toString('utf8').toLowerCase();
const shown = (values: readonly Buffer[]): string => values.map((value) => value.toString('base64')).join(', ');

function lackingRight(
  message: ForestExportMessage,
  { attribute, feature }: Write,
  { account }: WriteOptions,
  cause: unknown,
): SyncError {
  const text = `${account} lacks the right Write ${attribute} on ${nameOf(message)}.`;
  const hint =
    `Grant it on each domain: dsacls "<domain DN>" /I:S /G "${account}:WP;${attribute};${message.objectType}". ` +
    `\`adjoin ad check --features ${feature}\` prints the command. It does not reach protected accounts (adminCount=1), which do not inherit rights.`;
  return new SyncError('ADJ-EXP-3202', text, { cause, hint, object: message.cloudId ?? '' });
}
