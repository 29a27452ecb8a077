import { Inject, Injectable } from '@nestjs/common';
import { SyncError } from '@adjoin/contracts';
import { nearestName } from '@adjoin/rule-files';
import type { MongoHandle } from '@adjoin/shared';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { ObjectNames } from '../naming/object-names.js';
import { MONGO } from '../ports.js';
import type { Subject } from './decider.js';

/** A hint is not worth a longer search. */
const SEARCH_MS = 1_000;
const CANDIDATES = 500;
const SUGGESTIONS = 3;
const NAMES = ['userPrincipalName', 'accountName', 'displayName'] as const;

/** Finds the object that a person names; for a name that nothing has, the error suggests similar ones. */
@Injectable()
export class NamedSubjects {
  constructor(
    @Inject(ObjectNames) private readonly names: ObjectNames,
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
  ) {}

  /** Throws ADJ-API-4004 for none, ADJ-API-4006 for several. */
  async find(name: string): Promise<Subject> {
    try {
      return await this.names.subject(name);
    } catch (cause) {
      if (!(cause instanceof SyncError) || cause.code !== 'ADJ-API-4004') throw cause;
      const near = await this.#near(name);
      if (near.length === 0) throw cause;
      const hint = `Did you mean ${near.map((one) => `"${one}"`).join(' or ')}?`;
      throw new SyncError(cause.code, cause.message, { cause, hint, object: name });
    }
  }

  async #near(name: string): Promise<string[]> {
    const wanted = ownPart(name);
    if (wanted.length < 3) return [];
    // The label that is compared, and the name to suggest for it.
    const found = new Map<string, string>();
    for (const dn of await this.#dns(wanted)) found.set(ownPart(dn), dn);
    for (const [label, suggestion] of await this.#people(wanted)) found.set(label, suggestion);
    const near = new Set<string>();
    while (near.size < SUGGESTIONS) {
      const label = nearestName(wanted, found.keys());
      if (label === undefined) break;
      near.add(found.get(label) ?? label);
      found.delete(label);
    }
    return [...near];
  }

  async #dns(wanted: string): Promise<string[]> {
    const connector = { $in: this.connectors.names.filter((one) => !this.connectors.targets.includes(one)) };
    const dn = new RegExp(`^[a-z]+=(?:${start(wanted)}|(?:[^,\\\\]|\\\\.)*${end(wanted)},)`, 'i');
    const documents = await this.#search('connectorObjects', { connector, dn }, { dn: 1 });
    return documents.flatMap((document) => (typeof document['dn'] === 'string' ? [document['dn']] : []));
  }

  async #people(wanted: string): Promise<[string, string][]> {
    const like = new RegExp(`^${start(wanted)}|${end(wanted)}(?:@|$)`, 'i');
    const fields = NAMES.map((attribute) => `attributes.${attribute}`);
    const documents = await this.#search(
      'metaverseObjects',
      { $or: fields.map((field) => ({ [field]: like })) },
      Object.fromEntries(fields.map((field) => [field, 1])),
    );
    return documents.flatMap((document) => {
      const attributes = (document['attributes'] ?? {}) as Readonly<Record<string, unknown>>;
      const texts = NAMES.map((attribute) => attributes[attribute]).filter((text) => typeof text === 'string');
      const upn = attributes['userPrincipalName'];
      return texts.map((text): [string, string] => [
        ownPart(text),
        typeof upn === 'string' ? upn : String(document['_id']),
      ]);
    });
  }

  async #search(
    collection: string,
    filter: Readonly<Record<string, unknown>>,
    projection: Readonly<Record<string, 1>>,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    try {
      return await this.mongo.db
        .collection(collection)
        .find(filter, { projection, maxTimeMS: SEARCH_MS })
        .limit(CANDIDATES)
        .toArray();
    } catch {
      return []; // out of time: the error is told without suggestions
    }
  }
}

/** The part of a name that tells objects apart: first value of a DN, the name before `@`. */
const ownPart = (name: string): string =>
  /^[a-z][a-z0-9.-]*=((?:[^,\\]|\\.)*)/i.exec(name)?.[1] ?? name.replace(/(?<=.)@.*$/, '');

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Of a short name one letter less, which may be the wrong one. */
const start = (text: string): string => escaped(text.slice(0, Math.min(3, text.length - 1)));
const end = (text: string): string => escaped(text.slice(-Math.min(4, text.length - 1)));
