import { Inject, Injectable } from '@nestjs/common';
import {
  passwordScopeKey,
  SyncError,
  type AdConnectorConfig,
  type Command,
  type PasswordForest,
  type PasswordStatus,
  type PasswordUser,
  type ResyncPasswords,
} from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { CommandsStore } from '../commands/commands.store.js';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import type { CsDocument } from '../connector-space/cs-document.js';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { ActivePlan } from '../explain/active-plan.js';
import { MetaverseStore } from '../metaverse/metaverse.store.js';
import { ObjectNames } from '../naming/object-names.js';
import { CLOCK, MONGO, type Clock } from '../ports.js';
import { SettingsStore } from '../settings/settings.store.js';
import { forestChecks, userChecks } from './password-checks.js';
import { domainDocument, forestDocument, stateDocument, type DomainDocument } from './password-documents.js';

/** Reads what password-hash-sync stores (`passwordStates`, `replicationCursors`) and what it depends on; asks it to send anew. */
@Injectable()
export class PasswordsService {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
    @Inject(ConnectorSpaceStore) private readonly connectorSpace: ConnectorSpaceStore,
    @Inject(MetaverseStore) private readonly metaverse: MetaverseStore,
    @Inject(ObjectNames) private readonly names: ObjectNames,
    @Inject(ActivePlan) private readonly plan: ActivePlan,
    @Inject(SettingsStore) private readonly settings: SettingsStore,
    @Inject(CommandsStore) private readonly commands: CommandsStore,
  ) {}

  async status(): Promise<PasswordStatus> {
    return { forests: await Promise.all(this.#forests().map((forest) => this.#forest(forest))) };
  }

  async user(name: string): Promise<PasswordUser> {
    const source = await this.names.csObject(this.#requireForests(), name);
    const objectGuid = (source.anchor ?? '').toLowerCase();
    const [found, target, plan, forest] = await Promise.all([
      this.#states().findOne({ _id: passwordScopeKey(source.connector, objectGuid) }),
      this.#targetOf(source),
      this.plan.get(),
      this.#forest(this.#named(source.connector)),
    ]);
    const state = found === null ? undefined : stateDocument.parse(found);
    const { result = null, need = null } = state ?? {};
    return {
      ...{ connector: source.connector, object: source.dn, objectGuid, inScope: state?.scope != null },
      ...{ cloudId: target?.anchor ?? null, changedAt: state?.changedAt ?? null, sentAt: state?.sentAt ?? null },
      lagMs: state?.lagMs ?? null,
      result: result === null ? null : { ...result, at: result.at ?? '' },
      need: need === null ? null : { ...need, since: need.since ?? '', nextAt: need.nextAt ?? '' },
      checks: [...forest.checks, ...userChecks({ plan, source, target, state })],
    };
  }

  /** Asks for passwords to be sent anew. An empty selection is an error: nothing would happen. */
  async resync({ connector, user, ou }: ResyncPasswords, by: string): Promise<Command> {
    const forests = this.#requireForests();
    if (user !== undefined) {
      const { connector: of, anchor } = await this.names.csObject(forests, user);
      return this.commands.request('password.resync', { connector: of, guids: [(anchor ?? '').toLowerCase()] }, by);
    }
    if (connector === undefined && ou === undefined && forests.length > 1)
      throw new SyncError('ADJ-API-4003', `Name a forest: ${forests.join(', ')}.`);
    const of = connector ?? forests.find((name) => this.#holds(name, ou)) ?? forests[0] ?? '';
    this.#named(of);
    if (ou === undefined) return this.commands.request('password.resync', { connector: of }, by);
    const guids = await this.#usersBelow(of, ou);
    if (guids.length === 0)
      throw new SyncError('ADJ-API-4004', `There are no users below ${ou} in ${of}.`, { object: ou });
    return this.commands.request('password.resync', { connector: of, guids }, by);
  }

  async #forest({ name }: AdConnectorConfig): Promise<PasswordForest> {
    const cursors = this.mongo.db.collection<{ _id: string }>('replicationCursors');
    const states = this.#states();
    const inScope = { connector: name, scope: { $exists: true } };
    const [forestFound, domainsFound, staging, scoped, pending, results] = await Promise.all([
      cursors.findOne({ _id: name }),
      cursors.find({ connector: name, namingContext: { $exists: true } } as object).toArray(),
      this.settings.get('staging'),
      states.countDocuments(inScope),
      states.countDocuments({ connector: name, 'need.nextAt': { $exists: true } }),
      states
        .aggregate<{ _id: string | null; count: number }>([
          { $match: inScope },
          { $group: { _id: '$result.status', count: { $sum: 1 } } },
        ])
        .toArray(),
    ]);
    const forest = forestFound === null ? undefined : forestDocument.parse(forestFound);
    const domains = domainsFound.map((document) => domainDocument.parse(document));
    const target = this.connectors.all.find((connector) => connector.type === 'entra');
    const channel = target?.type === 'entra' ? target.channel : '';
    return {
      connector: name,
      condition: forest?.condition?.message ?? 'password-hash-sync has not run yet',
      ...{ inScope: scoped, pending },
      results: Object.fromEntries(results.map(({ _id, count }) => [_id ?? 'none yet', Number(count)])),
      checks: forestChecks({ channel, forest, domains, staging: staging.value === 'on', now: this.clock.now() }),
      domains: domains.map(domainOf),
    };
  }

  async #targetOf({ link }: CsDocument): Promise<CsDocument | undefined> {
    const [person] = link === null ? [] : await this.metaverse.byIds([link.mv]);
    const ids = (person?.links ?? []).filter(({ connector }) => this.connectors.targets.includes(connector));
    return (await this.connectorSpace.byIds(ids.map(({ cs }) => cs)))[0];
  }

  async #usersBelow(connector: string, ou: string): Promise<string[]> {
    const below = new RegExp(`,${ou.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'i');
    const filter = { connector, type: 'user', state: 'imported', dn: below };
    const found = await this.mongo.db
      .collection('connectorObjects')
      .find(filter, { projection: { anchor: 1 } })
      .toArray();
    return found.flatMap(({ anchor }) => (typeof anchor === 'string' ? [anchor.toLowerCase()] : []));
  }

  #states() {
    return this.mongo.db.collection<{ _id: string }>('passwordStates');
  }

  #holds(name: string, ou: string | undefined): boolean {
    const dns = this.#named(name).domains.map(({ dn }) => dn.toLowerCase());
    return ou !== undefined && dns.some((dn) => ou.toLowerCase().endsWith(dn));
  }

  #forests(): readonly AdConnectorConfig[] {
    return this.connectors.all.filter(
      (connector): connector is AdConnectorConfig =>
        connector.type === 'ad' && connector.passwordHashSync?.enabled === true,
    );
  }

  #requireForests(): readonly string[] {
    const names = this.#forests().map(({ name }) => name);
    if (names.length > 0) return names;
    throw new SyncError('ADJ-API-4004', 'No forest has password hash synchronization.', {
      hint: 'Add passwordHashSync to an AD connector; docs/password-hash-sync.md says how.',
    });
  }

  #named(name: string): AdConnectorConfig {
    const found = this.#forests().find((forest) => forest.name === name);
    if (found !== undefined) return found;
    throw new SyncError('ADJ-API-4004', `The connector ${name} has no password hash synchronization.`);
  }
}

function domainOf({ fullPass, failure, ...domain }: DomainDocument) {
  return {
    ...domain,
    fullPass: fullPass === null ? null : { ...fullPass, startedAt: fullPass.startedAt ?? '' },
    failure: failure === null ? null : { ...failure, since: failure.since ?? '' },
  };
}
