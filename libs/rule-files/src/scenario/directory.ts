import {
  stageImport,
  type Attributes,
  type AttributeValue,
  type ConnectorDefinition,
  type CsObject,
  type Ref,
} from '@adjoin/engine';
import { schemaSpelling } from '../schema/attribute-schema.js';
import { isInContainerScope, normalizeDn } from './container-scope.js';
import type { ImportedObject, ImportStep, ScopeOption } from './format.js';
import type { ScenarioSpace } from './scenario-space.js';
import type { ScenarioServices } from './services.js';
import { decodeWritten, guidBytes, guidText } from './values.js';

/** One object of the emulated connected directory. */
export interface DirectoryEntry {
  readonly id: string;
  readonly type: string;
  readonly anchor: string;
  readonly dn: string;
  readonly attributes: Attributes;
}

/** The emulated connected directory of one connector, and its import into the connector space. */
export class ScenarioDirectory {
  readonly connector: ConnectorDefinition;
  readonly #space: ScenarioSpace;
  readonly #services: ScenarioServices;
  readonly #scope: ScopeOption | undefined;
  /** By connector-space id. */
  readonly #entries = new Map<string, DirectoryEntry>();

  constructor(
    connector: ConnectorDefinition,
    space: ScenarioSpace,
    services: ScenarioServices,
    scope: ScopeOption | undefined,
  ) {
    this.connector = connector;
    this.#space = space;
    this.#services = services;
    this.#scope = scope;
  }

  entry(id: string): DirectoryEntry | undefined {
    return this.#entries.get(id);
  }

  /** An import step: deletions first, then all names, then all values, so that references in one batch find each other. */
  import(step: ImportStep): void {
    for (const wanted of step.delete) for (const entry of this.#named(wanted)) this.delete(entry.id);
    const placed = step.objects.map((object) => ({ object, ...this.#place(object) }));
    for (const { object, id, anchor, dn } of placed) {
      const attributes = this.#merge(id, object, dn);
      this.stage({ id, type: object.type, anchor, dn, attributes });
    }
    if (!step.full) return;
    const seen = new Set(placed.map(({ id }) => id));
    for (const id of [...this.#entries.keys()]) if (!seen.has(id)) this.delete(id);
  }

  /** Lays the state of an object in the directory over its connector-space object; out of scope means gone. */
  stage(entry: DirectoryEntry): void {
    this.#entries.set(entry.id, entry);
    if (!isInContainerScope(entry.dn, this.#scope)) {
      this.#stageDelete(entry.id);
      return;
    }
    const known = this.#space.objects.get(entry.id);
    const existing = known?.state === 'placeholder' ? { ...known, type: entry.type } : known;
    const change = {
      ...entry,
      connector: this.connector.name,
      partition: this.#partitionOf(entry.dn),
      mode: 'whole',
    } as const;
    const staged = stageImport(existing, change, { canRefute: true });
    if (staged.modification === 'none' && staged.confirmed.length === 0 && staged.refuted.length === 0) return;
    this.#space.put(staged.object);
  }

  delete(id: string): void {
    this.#stageDelete(id);
    this.#entries.delete(id);
  }

  /** Forgets an object whose delete was exported. */
  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** A new anchor as the directory gives it: `<Type>_<guid>` in Entra, a GUID in AD. */
  newAnchor(type: string): string {
    const guid = this.#services.newId();
    return this.connector.kind === 'ad' ? guid : `${type.slice(0, 1).toUpperCase()}${type.slice(1)}_${guid}`;
  }

  /** The reference to the object with a DN; unknown DNs become placeholders. */
  referenceTo(dn: string): Ref {
    const id = this.#idOfDn(dn);
    if (id !== undefined) return { ref: id, dn: this.#entries.get(id)?.dn ?? dn };
    const placeholder: CsObject = {
      id: `${this.connector.name}#${this.#services.newId()}`,
      connector: this.connector.name,
      type: 'placeholder',
      dn,
      state: 'placeholder',
      imported: {},
      importedDelete: false,
      rules: [],
    };
    this.#space.put(placeholder);
    return { ref: placeholder.id, dn };
  }

  #stageDelete(id: string): void {
    const existing = this.#space.objects.get(id);
    if (existing === undefined || existing.state === 'placeholder') return;
    const change = {
      id,
      connector: this.connector.name,
      anchor: existing.anchor ?? '',
      type: existing.type,
      dn: existing.dn,
      mode: 'delete',
      attributes: {},
    } as const;
    this.#space.put(stageImport(existing, change, { canRefute: true }).object);
  }

  /** Decides which object is meant, gives it its DN and moves away whatever had the DN before. */
  #place(object: ImportedObject): { readonly id: string; readonly anchor: string; readonly dn: string } {
    const anchor = this.#anchorOf(object);
    const byAnchor =
      anchor === undefined ? undefined : [...this.#entries.values()].find((entry) => entry.anchor === anchor);
    const dn = object.dn ?? byAnchor?.dn ?? this.#dnOf(object, anchor);
    const occupant = this.#occupant(dn);
    const known =
      byAnchor ?? (anchor === undefined && occupant !== undefined ? this.#entries.get(occupant.id) : undefined);
    const id = known?.id ?? this.#takeOver(occupant) ?? `${this.connector.name}#${this.#services.newId()}`;
    if (occupant !== undefined && occupant.id !== id) this.#moveAway(occupant);
    const placed = { id, anchor: anchor ?? known?.anchor ?? this.newAnchor(object.type), dn };
    this.#entries.set(id, { ...(known ?? { attributes: {} }), ...placed, type: object.type });
    return placed;
  }

  /** An object without anchor under this DN: a placeholder, or an export that was sent and is now seen (architecture.md §3). */
  #takeOver(occupant: CsObject | undefined): string | undefined {
    if (occupant === undefined || occupant.anchor !== undefined) return undefined;
    if (occupant.state === 'placeholder' || occupant.unconfirmed !== undefined) return occupant.id;
    return undefined;
  }

  #moveAway(occupant: CsObject): void {
    if (occupant.anchor === undefined && occupant.state === 'export') {
      this.#space.dropUnsent(occupant);
      return;
    }
    // Transient: its own rename or deletion is still to come.
    this.#space.put({ ...occupant, dn: `CN=transient-${occupant.id}` });
  }

  #occupant(dn: string): CsObject | undefined {
    return this.#space.objects.get(this.#space.csByDn(this.connector.name, dn) ?? '');
  }

  #idOfDn(dn: string): string | undefined {
    const wanted = normalizeDn(dn);
    for (const entry of this.#entries.values()) if (normalizeDn(entry.dn) === wanted) return entry.id;
    return this.#space.csByDn(this.connector.name, dn) ?? undefined;
  }

  #merge(id: string, object: ImportedObject, dn: string): Attributes {
    const types = this.connector.schema ?? {};
    const merged: Record<string, AttributeValue> = { ...this.#entries.get(id)?.attributes };
    const ad = this.connector.kind === 'ad';
    if (ad) {
      const rdn = rdnValue(dn);
      if (rdn !== undefined) merged['cn'] = rdn;
      const anchor = this.#entries.get(id)?.anchor;
      if (anchor !== undefined) merged['objectGUID'] = guidBytes(anchor);
    }
    for (const [written, value] of Object.entries(object.attributes)) {
      const name = schemaSpelling(types, object.type, written);
      const decoded = decodeWritten(value, types[object.type]?.[name], (target) => this.referenceTo(target));
      if (decoded === undefined) delete merged[name];
      else merged[name] = decoded;
    }
    return merged;
  }

  #anchorOf(object: ImportedObject): string | undefined {
    if (this.connector.kind === 'entra') {
      const anchor = object.attributes['cloudAnchor'];
      return typeof anchor === 'string' ? anchor : undefined;
    }
    const guid = object.objectGUID ?? object.attributes['objectGUID'];
    if (typeof guid === 'string') return normalizeGuid(guid);
    const bytes = decodeWritten((guid ?? null) as null, { type: 'binary', multiValued: false }, () => ({ ref: '' }));
    return bytes instanceof Uint8Array ? guidText(bytes) : undefined;
  }

  /** An Entra object without DN gets the one that its source anchor makes (architecture.md §1). */
  #dnOf(object: ImportedObject, anchor: string | undefined): string {
    const source = object.attributes['sourceAnchor'];
    const text = typeof source === 'string' ? source : (anchor ?? this.#services.newId());
    return `CN={${Buffer.from(text, 'utf8').toString('hex').toUpperCase()}}`;
  }

  #named(wanted: string): DirectoryEntry[] {
    const guid = normalizeGuid(wanted);
    return [...this.#entries.values()].filter(
      (entry) => entry.anchor === wanted || entry.anchor === guid || normalizeDn(entry.dn) === normalizeDn(wanted),
    );
  }

  #partitionOf(dn: string): string | undefined {
    const lower = normalizeDn(dn);
    const known = Object.keys(this.connector.partitions).filter(
      (partition) => lower === partition || lower.endsWith(`,${partition}`),
    );
    return known.sort((a, b) => b.length - a.length)[0];
  }
}

function normalizeGuid(text: string): string {
  return text.replace(/[{}]/g, '').toLowerCase();
}

/** The value of the first RDN without escapes; undefined when it is not a common name. */
function rdnValue(dn: string): string | undefined {
  const match = /^cn=((?:\\.|[^,\\])*)/is.exec(dn);
  const escaped = match?.[1];
  if (escaped === undefined) return undefined;
  return escaped.replace(/((?:\\[\da-f]{2})+)|\\(.)/gis, (_, hex: string | undefined, char: string) =>
    hex === undefined ? char : Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
}
