import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultLab } from '../lab/fault-lab.js';
import { APPS, type Fault } from '../schedule/fault.js';
import type { Random } from '../schedule/random.js';
import { fullDisk, slowDisk, stepDown } from './disk-faults.js';
import { graphRules } from './graph-faults.js';
import { dropChanges, replay, rewind } from './kafka-faults.js';

/** What a fault is done with. */
export interface FaultContext {
  readonly lab: FaultLab;
  readonly random: Random;
  /** Ends waits; the fault is healed all the same. */
  readonly signal: AbortSignal;
}

/** Does a fault and heals it. Processes it started again may not be ready yet. */
export async function applyFault(fault: Fault, context: FaultContext): Promise<void> {
  const { lab } = context;
  switch (fault.kind) {
    case 'kill':
      return kill(fault, context);
    case 'restart':
      return restart(fault.process, lab);
    case 'pause':
      return pause(fault, context);
    case 'slow-disk':
      return slowDisk(fault, context);
    case 'full-disk':
      return fullDisk(fault, context);
    case 'kafka-cut':
      return cutKafka(fault, context);
    case 'kafka-silent':
      lab.kafkaProxy.silent = true;
      await pauseOf(fault.forMs, context);
      lab.kafkaProxy.silent = false;
      return;
    case 'kafka-replay':
      return replay(fault, context);
    case 'kafka-rewind':
      return rewind(fault, context);
    case 'kafka-drop':
      return dropChanges(fault, context);
    case 'rebalance':
      return rebalance(fault, context);
    case 'step-down':
      return stepDown(fault.seconds, context);
    case 'clock':
      return jump(fault, context);
    case 'dc-failover':
      return failOver(fault.forMs, context);
    case 'graph':
      return troubleGraph(fault, context);
  }
}

/** Waits, or goes on at once when the run is over. */
export async function pauseOf(ms: number, { signal }: FaultContext): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // what follows heals
}

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

async function kill({ process, downMs }: Of<'kill'>, context: FaultContext): Promise<void> {
  const { supervisor } = context.lab;
  await supervisor.ready(process);
  supervisor.expectEnd(process);
  await supervisor.service(process).kill9();
  await pauseOf(downMs, context);
  supervisor.begin(process);
}

async function restart(process: string, { supervisor }: FaultLab): Promise<void> {
  await supervisor.ready(process);
  supervisor.expectEnd(process);
  await supervisor.service(process).stop();
  supervisor.begin(process);
}

async function pause({ process, forMs }: Of<'pause'>, context: FaultContext): Promise<void> {
  const { supervisor } = context.lab;
  await supervisor.ready(process);
  supervisor.signal(process, 'SIGSTOP');
  await pauseOf(forMs, context);
  supervisor.signal(process, 'SIGCONT');
}

async function cutKafka({ forMs, everyMs }: Of<'kafka-cut'>, context: FaultContext): Promise<void> {
  for (let left = forMs; left > 0 && !context.signal.aborted; left -= everyMs) {
    context.lab.kafkaProxy.cut();
    await pauseOf(everyMs, context);
  }
}

const REPLICA_MS = { least: 500, most: 5000 } as const;

/** Replicas come one after the other and go, half of them in order and half by SIGKILL. */
async function rebalance({ process, times }: Of<'rebalance'>, context: FaultContext): Promise<void> {
  const { lab, random } = context;
  for (let number = 1; number <= times && !context.signal.aborted; number++) {
    const stayMs = random.integer(REPLICA_MS.least, REPLICA_MS.most);
    const inOrder = random.chance(0.5);
    const replica = await lab.startReplica(process, number);
    await pauseOf(stayMs, context);
    lab.supervisor.expectEnd(replica.name);
    await (inOrder ? replica.stop() : replica.kill9());
    lab.supervisor.remove(replica.name);
  }
}

async function jump({ process, bySeconds, forMs }: Of<'clock'>, context: FaultContext): Promise<void> {
  const { lab } = context;
  const processes = process === 'all' ? APPS : [process];
  await Promise.all(processes.map((name) => lab.setClock(name, bySeconds * 1000)));
  await pauseOf(forMs, context);
  await Promise.all(processes.map((name) => lab.setClock(name, 0)));
}

/** The address that the importer prefers does not answer; the other leads to the same controller. */
async function failOver(forMs: number, context: FaultContext): Promise<void> {
  const [preferred] = context.lab.controllers;
  await preferred?.close();
  await pauseOf(forMs, context);
  await preferred?.open();
}

async function troubleGraph({ trouble, forMs }: Of<'graph'>, context: FaultContext): Promise<void> {
  const { tenant } = context.lab;
  if (trouble === 'tokens') await tenant.revokeTokens();
  await tenant.setFaults(graphRules(trouble));
  await pauseOf(forMs, context);
  await tenant.clearFaults();
}
