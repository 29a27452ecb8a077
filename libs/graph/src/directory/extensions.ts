import { extensionName, SyncError, type DirectoryExtensionConfig } from '@adjoin/contracts';
import { graphFailure, toGraphError } from '../errors/graph-failure.js';
import type { GraphApi } from '../graph-api.js';

/** A directory extension of our application. */
export interface ExtensionDefinition extends Pick<DirectoryExtensionConfig, 'type' | 'multiValued' | 'objectTypes'> {
  /** `extension_<appId without dashes>_<attribute>` */
  readonly name: string;
}
interface Registered {
  readonly name?: unknown;
  readonly dataType?: unknown;
  readonly isMultiValued?: unknown;
  readonly targetObjects?: readonly unknown[];
}
const ANCHOR = { name: 'sourceAnchor', dataType: 'String', targetObjects: ['Group', 'Device'] };
const TARGETS: Readonly<Record<DirectoryExtensionConfig['objectTypes'][number], string>> = {
  user: 'User',
  group: 'Group',
};

/**
 * Makes sure that the directory extension for source anchors of groups and devices exists on our application and returns its full name,
 * `extension_<appId without dashes>_sourceAnchor`. Needs Application.Read.All, and Application.ReadWrite.OwnedBy (or .All) for the first start.
 */
export async function ensureAnchorExtension(api: GraphApi, clientId: string): Promise<string> {
  await new Registry(api, clientId).ensure([ANCHOR]);
  return extensionName(clientId, ANCHOR.name);
}

/**
 * Makes sure that these extensions exist as well. An extension cannot be changed once it is registered (operations/graph-export.md section 9).
 * @throws ADJ-CFG-0001 when one is registered with another type or for other objects.
 */
export async function ensureExtensions(
  api: GraphApi,
  clientId: string,
  wanted: readonly DirectoryExtensionConfig[],
): Promise<readonly ExtensionDefinition[]> {
  if (wanted.length > 0) {
    await new Registry(api, clientId).ensure(
      wanted.map(({ attribute, type, multiValued, objectTypes }) => ({
        name: attribute,
        dataType: type,
        ...(multiValued ? { isMultiValued: true } : {}),
        targetObjects: objectTypes.map((objectType) => TARGETS[objectType]),
      })),
    );
  }
  return wanted.map(({ attribute, type, multiValued, objectTypes }) => ({
    name: extensionName(clientId, attribute),
    ...{ type, multiValued, objectTypes },
  }));
}

interface Registration {
  readonly name: string;
  readonly dataType: string;
  readonly isMultiValued?: boolean | undefined;
  readonly targetObjects: readonly string[];
}

class Registry {
  readonly #api: GraphApi;
  readonly #clientId: string;

  constructor(api: GraphApi, clientId: string) {
    this.#api = api;
    this.#clientId = clientId;
  }

  async ensure(wanted: readonly Registration[]): Promise<void> {
    const path = `/applications/${await this.#applicationId()}/extensionProperties`;
    const there = await this.#list(path);
    for (const registration of wanted) {
      const found = there.get(extensionName(this.#clientId, registration.name));
      if (found === undefined) await this.#register(path, registration);
      else this.#check(registration, found);
    }
  }

  async #applicationId(): Promise<string> {
    const filter = encodeURIComponent(`appId eq '${this.#clientId}'`);
    const what = 'Reading our application (permission Application.Read.All)';
    const found = (await this.#api.must('GET', `/applications?$filter=${filter}&$select=id,appId`, what)) as {
      value?: readonly { id?: unknown }[];
    };
    const id = found.value?.[0]?.id;
    if (typeof id === 'string') return id;
    throw new SyncError('ADJ-EXP-3003', `There is no application with the client id ${this.#clientId} in the tenant.`);
  }

  async #list(path: string): Promise<ReadonlyMap<string, Registered>> {
    const list = (await this.#api.must('GET', path, 'Reading the directory extensions of our application')) as {
      value?: readonly Registered[];
    };
    return new Map((list.value ?? []).map((extension) => [String(extension.name), extension]));
  }

  async #register(path: string, registration: Registration): Promise<void> {
    const reply = await this.#api.call('POST', path, { body: registration });
    if (reply.status < 400) return;
    // Another replica may have registered it at the same moment.
    if ((await this.#list(path)).has(extensionName(this.#clientId, registration.name))) return;
    throw toGraphError(
      graphFailure(reply.status, reply.body),
      `Registering the directory extension ${registration.name} (permission Application.ReadWrite.OwnedBy)`,
    );
  }

  #check({ name, dataType, isMultiValued = false, targetObjects }: Registration, found: Registered): void {
    const same =
      found.dataType === dataType &&
      (found.isMultiValued === true) === isMultiValued &&
      targetObjects.every((target) => found.targetObjects?.includes(target) === true);
    if (same) return;
    throw new SyncError(
      'ADJ-CFG-0001',
      `The directory extension ${name} is registered as ${String(found.dataType)}${found.isMultiValued === true ? ' with several values' : ''} for ${(found.targetObjects ?? []).join(', ')}; it cannot be changed, only deleted.`,
    );
  }
}
