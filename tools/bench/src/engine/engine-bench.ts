import {
  compileRuleSet,
  MemorySpace,
  SyncSession,
  type Attributes,
  type CompiledRuleSet,
  type RuleSet,
} from '@adjoin/engine';
import { validateFolder } from '@adjoin/rule-files';
import type { Bench, BenchContext, BenchOutcome } from '../bench.js';
import { FigureTable } from '../result/figure.js';
import { cpuOf, liveHeapBytes } from './own-usage.js';
import { group, groupImport, mailboxUser, ordinaryUser, userImport } from './sample-objects.js';

/** What the sync-engine decides and commits at a time. */
const CHUNK = 500;
const USERS = 4000;
const MEMBERS = 50;
const RUNS = 5;
const WARM_UP = 3;
const RATE = { unit: 'objects/s', better: 'more' } as const;
const GOAL = { goal: 10_000, floor: 4000 } as const;

/** The pure engine on one core: no store, no messages, no other process. Times are processor time. */
export const engineBench: Bench = {
  name: 'engine',
  does: 'the pure engine with all default rules on one core: rates, compile time, memory (--users, default 4,000)',
  run: (context) => Promise.resolve(measure(context)),
};

function measure(context: BenchContext): BenchOutcome {
  const { options, report } = context;
  const users = options.users ?? USERS;
  const groups = options.groups ?? Math.max(1, Math.floor(users / 20));
  const runs = options.runs ?? RUNS;
  const table = new FigureTable();
  const [loadMs, ruleSet] = cpuOf(loadDefaults);
  measureCompile(table, ruleSet, runs);
  table.add(loadMs, { name: 'read the rule files (first time)', unit: 'ms', better: 'less' });
  const plan = compile(ruleSet);
  for (const [kind, attributes] of [
    ['user', ordinaryUser],
    ['mailbox user', mailboxUser],
  ] as const) {
    report(`${users} objects of kind ${kind}, ${runs} runs`);
    const space = spaceOf(plan, users, attributes);
    context.profiled(`engine-${kind.replace(' ', '-')}`, () => measureKind(table, { space, kind, attributes, runs }));
  }
  report(`${groups} groups of ${MEMBERS} members, ${runs} runs`);
  measureGroups(table, { plan, groups, runs });
  measureMemory(table, { plan, users });
  const flows = ruleSet.rules.reduce((sum, rule) => sum + rule.flows.length, 0);
  return {
    parameters: { users, groups },
    figures: table.figures(),
    notes: [`${ruleSet.rules.length} rules with ${flows} flows; times are processor time of this process`],
  };
}

function loadDefaults(): RuleSet {
  const loaded = validateFolder(undefined);
  if (!loaded.ok) throw new Error(`The default rules have problems: ${JSON.stringify(loaded.problems)}`);
  return loaded.ruleSet;
}

function compile(ruleSet: RuleSet): CompiledRuleSet {
  const result = compileRuleSet(ruleSet);
  if (!result.ok) throw new Error(`The default rules do not compile: ${JSON.stringify(result.problems)}`);
  return result.plan;
}

function measureCompile(table: FigureTable, ruleSet: RuleSet, runs: number): void {
  const figure = { unit: 'ms', better: 'less', goal: 200 } as const;
  for (let run = 0; run < runs; run++) {
    const [ms] = cpuOf(() => compile(ruleSet));
    table.add(ms, { name: run === 0 ? 'compile the rules (first time)' : 'compile the rules (again)', ...figure });
  }
}

interface Kind {
  readonly space: MemorySpace;
  readonly kind: string;
  readonly attributes: (n: number) => Attributes;
  readonly runs: number;
}

function measureKind(table: FigureTable, { space, kind, attributes, runs }: Kind): void {
  const ids = importedIds(space, 'user');
  const add = (what: string): void => {
    for (let pass = 0; pass < WARM_UP; pass++) decide(space, ids); // lets the just-in-time compiler see this case
    for (let run = 0; run < runs; run++) table.add(rateOf(space, ids), { name: `${kind}, ${what}`, ...RATE, ...GOAL });
  };
  add('new');
  settle(space);
  add('nothing changed');
  ids.forEach((_, n) => space.importObject({ ...userImport(n, { ...attributes(n), department: 'Other' }) }));
  add('one attribute changed');
}

function measureGroups(
  table: FigureTable,
  { plan, groups, runs }: { readonly plan: CompiledRuleSet; readonly groups: number; readonly runs: number },
): void {
  const space = spaceOf(plan, MEMBERS * 4, ordinaryUser);
  space.sync();
  const users = importedIds(space, 'user');
  for (let n = 0; n < groups; n++) {
    const members = Array.from({ length: MEMBERS }, (_, index) => users[(n + index) % users.length] ?? '');
    space.importObject(groupImport(n, group(n, members)));
  }
  const ids = importedIds(space, 'group');
  const add = (what: string): void => {
    decide(space, ids);
    for (let run = 0; run < runs; run++)
      table.add(rateOf(space, ids), { name: `group of ${MEMBERS}, ${what}`, ...RATE });
  };
  add('new');
  settle(space);
  add('nothing changed');
}

function measureMemory(
  table: FigureTable,
  { plan, users }: { readonly plan: CompiledRuleSet; readonly users: number },
): void {
  const before = liveHeapBytes();
  const space = spaceOf(plan, users, ordinaryUser);
  const staged = liveHeapBytes();
  settle(space);
  const synchronized = liveHeapBytes();
  const figure = { unit: 'bytes/object', better: 'less' } as const;
  table.add((staged - before) / users, { name: 'memory of a user, imported', ...figure });
  table.add((synchronized - before) / users, { name: 'memory of a user, in both spaces and the metaverse', ...figure });
  if (space.metaverse().length !== users) throw new Error('not every user reached the metaverse');
}

function spaceOf(plan: CompiledRuleSet, users: number, attributes: (n: number) => Attributes): MemorySpace {
  const space = new MemorySpace({ plan });
  for (let n = 0; n < users; n++) space.importObject(userImport(n, attributes(n)));
  return space;
}

/** Synchronizes, exports and imports back, until both directories agree: what a running system looks like. */
function settle(space: MemorySpace): void {
  space.sync();
  space.export('entra');
  space.sync();
  if (space.errors.size > 0) throw new Error(JSON.stringify([...space.errors].slice(0, 3)));
}

function importedIds(space: MemorySpace, type: string): readonly string[] {
  return space
    .connectorSpace('corp')
    .filter((object) => object.type === type && object.state === 'imported')
    .map(({ id }) => id);
}

function rateOf(space: MemorySpace, ids: readonly string[]): number {
  const [ms] = cpuOf(() => decide(space, ids));
  return (ids.length * 1000) / ms;
}

/** Decides every object, a session a chunk, as the sync-engine does; nothing is stored, so it can be repeated. */
function decide(space: MemorySpace, ids: readonly string[]): void {
  let number = 0;
  for (let start = 0; start < ids.length; start += CHUNK) {
    const session = new SyncSession({
      plan: space.plan,
      view: space.index,
      now: new Date(),
      random: () => 0.5,
      newId: () => `id-${number++}`,
    });
    for (const id of ids.slice(start, start + CHUNK)) {
      const outcome = session.synchronize(id);
      if (outcome.status !== 'done') throw new Error(`The engine could not decide ${id}: ${JSON.stringify(outcome)}`);
    }
  }
}
