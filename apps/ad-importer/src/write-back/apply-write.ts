import { SyncError, toSyncError, type ExportMessage, type ResultMessage, type WireChanges } from '@adjoin/contracts';
import { LDAP_RESULT, statusOf } from '@adjoin/ad-ldap';
import type { ForestWriter } from './forest-writer.js';

/** What came of one export. `missing` is no answer here: only an import may conclude that an object of a source is gone. */
export interface WriteOutcome {
  readonly kind: Exclude<ResultMessage['outcome'], 'missing'>;
  readonly error?: SyncError | undefined;
  readonly retryAfterMs?: number | undefined;
}

export interface WriteOptions {
  readonly writer: ForestWriter;
  /** What may be written, by object type. */
  readonly writable: ReadonlyMap<string, ReadonlySet<string>>;
  /** The account that signs in, as the connector names it. */
  readonly account: string;
}

const RETRY_UNREACHABLE_MS = 10_000;
const RETRY_ABSENT_MS = 60_000;

/**
 * Applies one export to Active Directory. An attribute is only ever filled: a value that is there and is another one is a conflict
 * (ADJ-EXP-3201), the same value is success, so that a repetition has no effect. Everything else that an export could ask for is refused
 * before anything is sent (ADJ-EXP-3203). Never rejects: what goes wrong is the outcome.
 */
export async function applyWrite(message: ExportMessage, options: WriteOptions): Promise<WriteOutcome> {
  try {
    for (const write of writesOf(message, options.writable)) await fill(message, write, options);
    return { kind: 'applied' };
  } catch (cause) {
    const error = toSyncError(cause, 'ADJ-IMP-1001');
    if (error.code === 'ADJ-EXP-3204') return { kind: 'deferred', error, retryAfterMs: RETRY_ABSENT_MS };
    if (error.code.startsWith('ADJ-EXP-')) return { kind: 'failed', error };
    return { kind: 'deferred', error, retryAfterMs: RETRY_UNREACHABLE_MS };
  }
}

interface Write {
  readonly attribute: string;
  readonly values: readonly Buffer[];
}

function writesOf(message: ExportMessage, writable: WriteOptions['writable']): readonly Write[] {
  const names = writable.get(message.objectType);
  const refused = (what: string): SyncError =>
    new SyncError('ADJ-EXP-3203', `${nameOf(message)}: ${what} is not written to Active Directory.`);
  if (message.operation !== 'update') throw refused(`the operation ${message.operation}`);
  if (Object.keys(message.references ?? {}).length > 0) throw refused('a change of members');
  if (message.cloudId === undefined) throw refused('an object without objectGUID');
  return Object.entries(message.attributes).map(([attribute, value]) => {
    if (names?.has(attribute) !== true) throw refused(attribute);
    return { attribute, values: bytesOf(value) ?? raise(refused(`this value of ${attribute}`)) };
  });
}

function raise(error: SyncError): never {
  throw error;
}

/** Bytes of the values; undefined for what is never written: clearing, and values that are neither text nor bytes. */
function bytesOf(value: WireChanges[string]): readonly Buffer[] | undefined {
  if (value === null) return undefined;
  const bytes = (Array.isArray(value) ? value : [value]).map((one) => {
    if (typeof one === 'string') return Buffer.from(one, 'utf8');
    return typeof one === 'object' && '$binary' in one ? Buffer.from(one.$binary, 'base64') : undefined;
  });
  return bytes.length > 0 && bytes.every((one) => one !== undefined) ? bytes : undefined;
}

async function fill(message: ExportMessage, { attribute, values }: Write, options: WriteOptions): Promise<void> {
  const guid = message.cloudId ?? '';
  if (await holds(message, { attribute, values }, options.writer)) return;
  try {
    await options.writer.add(guid, attribute, values);
  } catch (error) {
    const status = statusOf(error);
    if (status === LDAP_RESULT.insufficientAccessRights) throw lackingRight(message, attribute, options, error);
    // Somebody was faster. Windows and Samba differ in how they say that a single-valued attribute has a value.
    if (status === LDAP_RESULT.attributeOrValueExists || status === LDAP_RESULT.constraintViolation) {
      if (await holds(message, { attribute, values }, options.writer)) return;
    }
    if (status === undefined || status === LDAP_RESULT.noSuchObject) throw error;
    const reason = toSyncError(error).message;
    throw new SyncError('ADJ-EXP-3205', `${nameOf(message)}: ${reason}`, { cause: error, object: guid });
  }
}

/** True when the attribute has these values already; throws when it has others, or when there is no such object. */
async function holds(message: ExportMessage, { attribute, values }: Write, writer: ForestWriter): Promise<boolean> {
  const guid = message.cloudId ?? '';
  const present = await writer.read(guid, attribute);
  if (present === undefined)
    throw new SyncError('ADJ-EXP-3204', `${nameOf(message)} (${guid}) is in none of the selected domains.`, {
      object: guid,
    });
  if (present.length === 0) return false;
  if (present.length === values.length && values.every((value) => present.some((one) => one.equals(value))))
    return true;
  const text = `${attribute} of ${nameOf(message)} holds ${shown(present)} already, and ${shown(values)} should be written.`;
  throw new SyncError('ADJ-EXP-3201', text, { object: guid });
}

const shown = (values: readonly Buffer[]): string => values.map((value) => value.toString('base64')).join(', ');

function lackingRight(message: ExportMessage, attribute: string, { account }: WriteOptions, cause: unknown): SyncError {
  const text = `${account} lacks the right Write ${attribute} on ${nameOf(message)}.`;
  const hint =
    `Grant it on each domain: dsacls "<domain DN>" /I:S /G "${account}:WP;${attribute};user". ` +
    '`adjoin ad check --features consistency-guid` prints the command. It does not reach protected accounts (adminCount=1), which do not inherit rights.';
  return new SyncError('ADJ-EXP-3202', text, { cause, hint, object: message.cloudId ?? '' });
}

const nameOf = ({ name, objectId }: ExportMessage): string => name ?? objectId;
