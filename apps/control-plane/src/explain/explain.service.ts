import { Inject, Injectable } from '@nestjs/common';
import {
  SyncError,
  type ExplainedExport,
  type ExplainedObject,
  type ExplainQuery,
  type Explanation,
} from '@adjoin/contracts';
import type { CompiledRuleSet, TraceEvent } from '@adjoin/engine';
import { nearestName } from '@adjoin/rule-files';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { ConnectorSpaceStore } from '../connector-space/connector-space.store.js';
import { exportStateOf, pendingChangeOf } from '../connector-space/cs-view.js';
import { HeldValuesStore } from '../held-values/held-values.store.js';
import { MetaverseStore } from '../metaverse/metaverse.store.js';
import { EngineStateStore } from '../status/engine-state.store.js';
import { Decider, type Decide, type Decision, type Subject } from './decider.js';
import { consideredRuleOf, disabledRulesOf, explainedAttributeOf, sameName, triedJoinOf } from './explain-events.js';
import { failureOf, linksOf } from './explained-object.js';
import { namedObject } from './named-object.js';
import { NamedSubjects } from './named-subjects.js';

/** Makes the decision about one object again, with a full trace (DESIGN §9). */
@Injectable()
export class ExplainService {
  constructor(
    @Inject(NamedSubjects) private readonly names: NamedSubjects,
    @Inject(ConnectorSpaceStore) private readonly connectorSpace: ConnectorSpaceStore,
    @Inject(MetaverseStore) private readonly metaverse: MetaverseStore,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
    @Inject(EngineStateStore) private readonly engine: EngineStateStore,
    @Inject(Decider) private readonly decider: Decider,
    @Inject(HeldValuesStore) private readonly heldValues: HeldValuesStore,
  ) {}

  async explain({ object: name, attribute }: ExplainQuery): Promise<Explanation> {
    const subject = await this.names.find(name);
    const asked = 'cs' in subject ? subject.cs : subject.mv;
    const explained = await this.decider.over((decide) => explain(decide, subject, asked, attribute));
    const exports = await this.#exports(explained.metaverse?.id, asked);
    return { ...explained, exports };
  }

  /** What is stored for the targets of the object now, seen through the gates that are closed now. */
  async #exports(mv: string | undefined, asked: string): Promise<ExplainedExport[]> {
    const person = mv === undefined ? null : await this.metaverse.byId(mv);
    const ids = [...new Set([asked, ...(person?.links ?? []).map((link) => link.cs)])];
    const docs = (await this.connectorSpace.byIds(ids)).filter((doc) =>
      this.connectors.written.includes(doc.connector),
    );
    const heldValues = await this.heldValues.of(docs.flatMap(({ anchor }) => anchor ?? []));
    return Promise.all(
      docs.map(async (doc): Promise<ExplainedExport> => {
        const gates = await this.engine.gates(doc.connector);
        const members =
          doc.link === null
            ? { add: 0, remove: 0 }
            : await this.metaverse.pendingMemberCounts(doc.link.mv, doc.connector);
        return {
          object: doc._id,
          target: doc.connector,
          pending: pendingChangeOf(doc.pendingExport),
          inFlight: pendingChangeOf(doc.escrow),
          unsupported: doc.unsupported,
          heldBack: doc.anchor === null ? undefined : heldValues.get(doc.anchor),
          export: exportStateOf(doc, gates),
          members,
        };
      }),
    );
  }
}

async function explain(
  decide: Decide,
  subject: Subject,
  asked: string,
  attribute: string | undefined,
): Promise<Omit<Explanation, 'exports'>> {
  const decision = await decide(subject);
  if (attribute !== undefined) assertKnown(decision.plan, attribute);
  const linked = metaverseOf(decision, subject);
  const sources = (linked === undefined ? [] : (decision.before.mv(linked)?.links ?? [])).map((link) => link.cs);
  const others = await otherSources(decide, decision, subject, sources);
  const wanted = (name: string): boolean => attribute === undefined || sameName(name, attribute);
  const all = [{ decision, events: decision.events }, ...others];
  const considered = all.flatMap(({ decision: one, events }) =>
    events.flatMap((event) => (event.kind === 'rule' ? consideredRuleOf(one, event) : [])),
  );
  const tested = [...new Set([...considered.map(({ object }) => object), asked])];
  const rules = [...considered, ...tested.flatMap((id) => disabledRulesOf(decision, id))].filter(
    ({ rule }) => attribute === undefined || decision.plan.rule(rule.id)?.flows.some(({ to }) => wanted(to)),
  );
  const joins = all.flatMap(({ decision: one, events }) =>
    events.flatMap((event) => (event.kind === 'join' ? [triedJoinOf(one, event)] : [])),
  );
  const attributes = decision.events.flatMap((event) =>
    event.kind === 'attribute' && wanted(event.attribute) ? [explainedAttributeOf(decision, event)] : [],
  );
  const links = linksOf(decision.plan, decision.events);
  const metaverse = linked === undefined ? null : (namedObject(decision, linked) ?? null);
  const named = new Set([
    ...rules.map(({ object }) => object),
    ...joins.map(({ object }) => object),
    ...links.map(({ object }) => object),
    ...attributes.flatMap(({ object, contributions }) => [object, ...contributions.map(({ source }) => source)]),
    ...sources,
  ]);
  return {
    object: namedObject(decision, asked) ?? unknownObject(asked),
    metaverse,
    objects: [...named].flatMap((id) => namedObject(decision, id) ?? []),
    error: failureOf(decision.plan, decision.error),
    ...{ rules, joins, links, attributes },
  };
}

/** The metaverse object that the decision is about: after it, or before when it ended the link or failed. */
function metaverseOf(decision: Decision, subject: Subject): string | undefined {
  if ('mv' in subject) return subject.mv;
  return decision.cs(subject.cs)?.link?.mv ?? decision.before.cs(subject.cs)?.link?.mv;
}

interface OtherEvents {
  readonly decision: Decision;
  readonly events: readonly TraceEvent[];
}

/**
 * A decision tests the inbound rules of its own object only and does not search what is joined already: the other joined objects are asked for
 * their rules, and each one for the joins that it would make if it were not joined.
 */
async function otherSources(
  decide: Decide,
  decision: Decision,
  subject: Subject,
  linked: readonly string[],
): Promise<OtherEvents[]> {
  const own = 'cs' in subject ? subject.cs : undefined;
  const found: OtherEvents[] = [];
  for (const id of linked) {
    const cs = decision.before.cs(id);
    if (cs == null || cs.state !== 'imported' || cs.importedDelete) continue;
    if (id !== own) {
      const other = await decide({ cs: id });
      found.push({
        decision: other,
        events: other.events.filter((event) => event.kind === 'rule' && event.object === id),
      });
    }
    const free = await decide({ cs: id }, { detached: id });
    found.push({ decision: free, events: free.events.filter((event) => event.kind === 'join' && event.object === id) });
  }
  return found;
}

/** Throws ADJ-API-4003 for an attribute that no rule flows to. */
function assertKnown(plan: CompiledRuleSet, attribute: string): void {
  const targets = new Set(plan.ruleSet.rules.flatMap(({ flows }) => flows.map(({ to }) => to)));
  if ([...targets].some((name) => sameName(name, attribute))) return;
  const near = nearestName(attribute, targets);
  throw new SyncError('ADJ-API-4003', `No rule flows to an attribute named ${attribute}.`, {
    hint: near === undefined ? 'Name an attribute of the metaverse or of the target.' : `Did you mean "${near}"?`,
  });
}

const unknownObject = (id: string): ExplainedObject => ({
  id,
  space: 'connector',
  connector: null,
  type: '',
  name: id,
});
