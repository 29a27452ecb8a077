import { isRef, valuesOf, type AttributeValue } from '@adjoin/engine';
import type { ExportLane, ExportMessage, WireChanges } from '@adjoin/contracts';
import { LANE, type CsDocument, type ExportLaneNumber, toWire, type TargetEdge } from '@adjoin/spaces';

/** A value that is added or removed: the edge, and the member's id and type in the target. */
export interface EdgeValue {
  readonly edge: TargetEdge;
  readonly cloudId: string;
  readonly type: string;
}
export interface EdgeSlice {
  readonly attribute: string;
  readonly add: readonly EdgeValue[];
  readonly remove: readonly EdgeValue[];
}

export interface BuiltExport {
  readonly message: ExportMessage;
  /** What is sent, by attribute. */
  readonly sent: Record<string, AttributeValue | null>;
  /** What has to wait for the cloud id of another object. */
  readonly left: Record<string, AttributeValue | null>;
  readonly waitsFor: readonly string[];
}

/**
 * The message of one release. Attributes that refer to objects without a cloud id stay behind; the rest does not wait for them.
 * Undefined when nothing could be sent.
 */
export function buildExport(
  document: CsDocument,
  context: { epoch: number; now: Date; cloudId: (csId: string) => string | undefined; edges: readonly EdgeSlice[] },
): BuiltExport | { readonly waitsFor: readonly string[] } {
  const pending = document.pendingExport;
  const sent: Record<string, AttributeValue | null> = {};
  const left: Record<string, AttributeValue | null> = {};
  const attributes: WireChanges = {};
  const waitsFor = new Set<string>();
  for (const [name, value] of Object.entries(pending?.changes ?? {})) {
    const unknown =
      value === null
        ? []
        : valuesOf(value).filter((scalar) => isRef(scalar) && context.cloudId(scalar.ref) === undefined);
    if (unknown.length > 0) {
      left[name] = value;
      for (const scalar of unknown) if (isRef(scalar)) waitsFor.add(scalar.ref);
    } else {
      sent[name] = value;
      attributes[name] = value === null ? null : toWire(value, (id) => context.cloudId(id) ?? '');
    }
  }
  const operation = pending?.operation ?? 'update';
  const references = Object.fromEntries(
    context.edges.map((slice) => [
      slice.attribute,
      { add: slice.add.map(memberOf), remove: slice.remove.map(memberOf) },
    ]),
  );
  const empty = Object.keys(sent).length === 0 && context.edges.length === 0;
  if (operation === 'update' && empty) return { waitsFor: [...waitsFor] };
  const anchor = stringOf(document, 'sourceAnchor');
  const message: ExportMessage = {
    target: document.connector,
    objectId: document._id,
    version: (document.releases ?? 0) + 1,
    epoch: context.epoch,
    lane: TOPIC_LANE[document.exp?.lane ?? LANE.change],
    releasedAt: context.now.toISOString(),
    operation,
    objectType: document.type as ExportMessage['objectType'],
    sourceAnchor: anchor ?? '',
    attributes,
    ...(document.anchor === undefined ? {} : { cloudId: document.anchor }),
    ...(context.edges.length === 0 ? {} : { references }),
    name: stringOf(document, 'userPrincipalName') ?? stringOf(document, 'displayName') ?? document.dn,
  };
  return { message, sent, left, waitsFor: [...waitsFor] };
}

const TOPIC_LANE: Readonly<Record<ExportLaneNumber, ExportLane>> = {
  [LANE.urgent]: 'urgent',
  [LANE.change]: 'normal',
  [LANE.add]: 'bulk',
  [LANE.addWithReferences]: 'bulk',
  [LANE.delete]: 'normal',
};

type Member = NonNullable<ExportMessage['references']>[string]['add'][number];

const memberOf = ({ edge, cloudId, type }: EdgeValue): Member => ({
  mv: edge.m,
  cloudId,
  type: type as Member['type'],
});

function stringOf(document: CsDocument, name: string): string | undefined {
  const value = document.pendingExport?.changes[name] ?? document.unconfirmed?.changes[name] ?? document.imported[name];
  return typeof value === 'string' ? value : undefined;
}
