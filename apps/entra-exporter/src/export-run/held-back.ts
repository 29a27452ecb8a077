import { randomInt } from 'node:crypto';
import { SyncError, type ExportMessage } from '@adjoin/contracts';
import type { GraphFailure } from '@adjoin/graph';
import type { GraphWrite } from '../mapping/to-graph.js';
import { placeholderUpn } from '../mapping/user-names.js';

/** A create without the values that other objects have (engine/entra-service.md section 4). */
export interface HeldBack {
  readonly write: GraphWrite;
  /** What was held back, for people. */
  readonly error: SyncError;
}

/**
 * The create with a placeholder instead of a name that is taken, and without an address that is taken. Undefined when the refusal is about
 * something else, or about a value that was held back already.
 */
export function holdBack(
  message: ExportMessage,
  write: GraphWrite,
  failure: GraphFailure | undefined,
  initialDomain: string,
): HeldBack | undefined {
  if (message.objectType !== 'user') return undefined;
  const targets = new Set(failure?.details.map(({ target }) => target));
  if (targets.has('userPrincipalName')) return holdName(message, write, initialDomain);
  return targets.has('proxyAddresses') || targets.has('mail') ? holdMail(message, write) : undefined;
}

function holdName(message: ExportMessage, write: GraphWrite, initialDomain: string): HeldBack | undefined {
  const taken = String(write.body['userPrincipalName']);
  const asked = write.shadows['userPrincipalName']?.asked ?? taken;
  const sent = placeholderUpn(`${taken.split('@')[0] ?? ''}@${initialDomain}`, randomInt(10_000));
  return {
    write: held(write, 'userPrincipalName', { asked, sent }, { ...write.body, userPrincipalName: sent }),
    error: quarantined(message, `userPrincipalName ${asked}`),
  };
}

function holdMail(message: ExportMessage, write: GraphWrite): HeldBack | undefined {
  const { mail, ...body } = write.body;
  if (typeof mail !== 'string') return undefined;
  return {
    write: held(write, 'mail', { asked: mail, sent: null }, body),
    error: quarantined(message, `mail ${mail}`),
  };
}

const held = (
  write: GraphWrite,
  name: string,
  shadow: GraphWrite['shadows'][string],
  body: GraphWrite['body'],
): GraphWrite => ({
  ...write,
  body,
  shadows: { ...write.shadows, [name]: shadow },
  plain: write.plain.filter((one) => one !== name),
});

const quarantined = (message: ExportMessage, value: string): SyncError =>
  new SyncError(
    'ADJ-EXP-3015',
    `Another object of the tenant has the ${value} of ${message.name ?? message.sourceAnchor}; the object was made without it.`,
    { object: message.objectId },
  );
