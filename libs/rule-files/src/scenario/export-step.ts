import { acknowledgeExport, type AttributeValue, type CsObject } from '@adjoin/engine';
import { schemaSpelling } from '../schema/attribute-schema.js';
import type { ScenarioDirectory } from './directory.js';
import { targetValues } from './expect-exports.js';
import type { ExportStep } from './format.js';
import type { ScenarioSpace } from './scenario-space.js';
import { decodeWritten, guidBytes } from './values.js';
import { matchesWhere, type CurrentError, type World } from './world.js';

/** Sends the pending exports of a connector to its emulated directory; failures are kept in `errors` by connector-space id. */
export function runExport(
  step: ExportStep,
  space: ScenarioSpace,
  directory: ScenarioDirectory,
  world: World,
  errors: Map<string, CurrentError>,
): void {
  const pending = space.in(directory.connector.name).filter((cs) => cs.pendingExport !== undefined);
  // What waits for the export of another object goes last.
  pending.sort((a, b) => Number(a.pendingExport?.after !== undefined) - Number(b.pendingExport?.after !== undefined));
  const sent: CsObject[] = [];
  for (const cs of pending) {
    const side = { kind: 'connector-space', connector: cs.connector, type: cs.type } as const;
    const failure = step.results.find(({ where }) => matchesWhere(world, side, targetValues(cs), where));
    if (failure === undefined) {
      errors.delete(cs.id);
      sent.push(cs);
    } else
      errors.set(cs.id, { connector: cs.connector, dn: cs.dn, code: failure.code, message: failure.message ?? '' });
  }
  const acknowledged = sent.flatMap((cs) => acknowledge(cs, space, directory) ?? []);
  if (!step.confirm) return;
  for (const { before, after } of acknowledged) confirm(before, after, step, directory, world);
}

function acknowledge(
  cs: CsObject,
  space: ScenarioSpace,
  directory: ScenarioDirectory,
): { before: CsObject; after: CsObject } | undefined {
  const pending = cs.pendingExport;
  if (pending === undefined) return undefined;
  const { object, retry } = acknowledgeExport(cs, {
    operation: pending.operation,
    changes: pending.changes,
    dn: pending.dn,
  });
  if (object === null) {
    space.remove(cs.id, retry);
    directory.forget(cs.id);
    return undefined;
  }
  space.objects.set(object.id, object);
  return { before: cs, after: object };
}

/** The directory shows what was exported, plus what it decides itself. */
function confirm(
  before: CsObject,
  after: CsObject,
  step: ExportStep,
  directory: ScenarioDirectory,
  world: World,
): void {
  const { connector } = directory;
  const current = directory.entry(after.id);
  const attributes: Record<string, AttributeValue> = { ...current?.attributes };
  const anchor = current?.anchor ?? directory.newAnchor(after.type);
  if (connector.kind === 'entra') Object.assign(attributes, { cloudAnchor: anchor, cloudMastered: false });
  else attributes['objectGUID'] = guidBytes(anchor);
  for (const [name, value] of Object.entries(before.pendingExport?.changes ?? {})) {
    if (value === null) delete attributes[name];
    else attributes[name] = value;
  }
  const side = { kind: 'connector-space', connector: after.connector, type: after.type } as const;
  for (const { where, attributes: rewritten } of step.rewrites) {
    if (!matchesWhere(world, side, { ...attributes, dn: after.dn }, where)) continue;
    for (const [written, value] of Object.entries(rewritten)) {
      const name = schemaSpelling(connector.schema ?? {}, after.type, written);
      const decoded = decodeWritten(value, connector.schema?.[after.type]?.[name], (dn) => directory.referenceTo(dn));
      if (decoded === undefined) delete attributes[name];
      else attributes[name] = decoded;
    }
  }
  // A rewritten cloud anchor is the identity by which later imports name the object.
  const cloudAnchor = attributes['cloudAnchor'];
  const identity = connector.kind === 'entra' && typeof cloudAnchor === 'string' ? cloudAnchor : anchor;
  directory.stage({ id: after.id, type: after.type, anchor: identity, dn: after.dn, attributes });
}
