// ADR 0003: the default rule set, compiled and run on mailbox users. Run: node tools/bench/dist/experiments/rule-plan.js [users]
import {
  compileRuleSet,
  MemorySpace,
  SyncSession,
  type Attributes,
  type CompiledRuleSet,
  type RuleSet,
} from '@adjoin/engine';
import { validateFolder } from '@adjoin/rule-files';
import { machine, ownCpu } from './scratch-mongo.js';

const USERS = Number(process.argv[2] ?? 2000);
const CHUNK = 500;

/** A mailbox user as a forest with Exchange reports it: 45 attributes. */
function mailboxUser(n: number): Attributes {
  const guid = Buffer.alloc(16);
  guid.writeUInt32LE(n, 0);
  const custom = Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, `custom ${index + 1}`]);
  return {
    objectGUID: new Uint8Array(guid),
    objectSid: Uint8Array.from({ length: 28 }, (_, index) => (index === 1 ? 5 : 1)),
    sAMAccountName: `user${n}`,
    userPrincipalName: `user${n}@corp.test`,
    displayName: `User ${n}`,
    cn: `User ${n}`,
    givenName: 'Given',
    sn: `Name ${n}`,
    mail: `user${n}@corp.test`,
    mailNickname: `user${n}`,
    proxyAddresses: [`SMTP:user${n}@corp.test`, `smtp:alias${n}@corp.test`],
    userAccountControl: 512n,
    pwdLastSet: 133_000_000_000_000_000n,
    msExchMailboxGuid: new Uint8Array(guid),
    msExchRecipientTypeDetails: 1n,
    msExchRecipientDisplayType: 1_073_741_824n,
    legacyExchangeDN: `/o=Corp/ou=Exchange/cn=Recipients/cn=user${n}`,
    homeMDB: { ref: 'corp|mailbox-database', dn: 'CN=Database,DC=corp,DC=test' },
    department: 'Sales',
    company: 'Corp',
    title: 'Clerk',
    physicalDeliveryOfficeName: 'Berlin',
    telephoneNumber: '+49 30 1',
    mobile: '+49 170 1',
    streetAddress: 'Street 1',
    l: 'Berlin',
    st: 'Berlin',
    postalCode: '10115',
    co: 'Germany',
    c: 'DE',
    countryCode: 276n,
    employeeID: `${n}`,
    ...Object.fromEntries(custom),
  };
}

/** Decides every id in chunks of 500, without storing; objects per second of processor time, which other programs do not change. */
function rate(space: MemorySpace, ids: readonly string[]): number {
  let number = 0;
  const started = ownCpu();
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
      if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
    }
  }
  return Math.round((ids.length / (ownCpu() - started)) * 1000);
}

function compile(ruleSet: RuleSet): CompiledRuleSet {
  const result = compileRuleSet(ruleSet);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function average(repeat: number, work: () => void): string {
  work();
  const started = ownCpu();
  for (let n = 0; n < repeat; n++) work();
  return ((ownCpu() - started) / repeat).toFixed(0);
}

/** What one decision looked at, from its trace. */
function countFlows(space: MemorySpace, id: string): string {
  const counts = { inbound: { attributes: 0, contributions: 0 }, outbound: { attributes: 0, contributions: 0 } };
  let applied = 0;
  space.preview(id, (event) => {
    if (event.kind === 'rule' && event.inScope) applied += space.plan.rule(event.rule)?.flows.length ?? 0;
    if (event.kind !== 'attribute') return;
    counts[event.direction].attributes++;
    counts[event.direction].contributions += event.contributions.length;
  });
  const { inbound, outbound } = counts;
  return `${applied} flows of rules in scope; inbound ${inbound.contributions} contributions to ${inbound.attributes} attributes, outbound ${outbound.contributions} to ${outbound.attributes}`;
}

console.log(`${machine()}; times are processor time`);
const loadStarted = ownCpu();
const loaded = validateFolder(undefined);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { ruleSet } = loaded;
console.log(
  `first load of the files ${Math.round(ownCpu() - loadStarted)} ms, warm ${average(5, () => void validateFolder(undefined))} ms; compile warm ${average(5, () => void compile(ruleSet))} ms`,
);
const flows = ruleSet.rules.reduce((sum, rule) => sum + rule.flows.length, 0);
console.log(`${ruleSet.rules.length} rules with ${flows} flows (one forest, one tenant)`);
const space = new MemorySpace({ plan: compile(ruleSet) });
for (let n = 0; n < USERS; n++) {
  space.importObject({
    connector: 'corp',
    type: 'user',
    anchor: `a${n}`,
    dn: `CN=User ${n},OU=Staff,DC=corp,DC=test`,
    partition: 'DC=corp,DC=test',
    attributes: mailboxUser(n),
  });
}
const ids = space
  .connectorSpace('corp')
  .filter(({ type }) => type === 'user')
  .map(({ id }) => id);
console.log(`a new mailbox user: ${countFlows(space, ids[0] ?? '')}`);
rate(space, ids); // warms the compiler
console.log(`new objects (join search, projection, provisioning): ${rate(space, ids)} objects/s`);
space.sync();
rate(space, ids);
console.log(`nothing changed (full synchronization): ${rate(space, ids)} objects/s`);
for (let n = 0; n < USERS; n++) {
  space.importObject({
    connector: 'corp',
    type: 'user',
    anchor: `a${n}`,
    dn: `CN=User ${n},OU=Staff,DC=corp,DC=test`,
    partition: 'DC=corp,DC=test',
    mode: 'delta',
    attributes: { department: 'Marketing' },
  });
}
console.log(`one attribute changed: ${rate(space, ids)} objects/s`);
