import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Fault } from '../schedule/fault.js';
import { pauseOf, type FaultContext } from './apply-fault.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

const execute = promisify(execFile);
const HELD_MS = 450;
const FREE_MS = 150;

/** Three quarters of the time no write comes to an end. */
export async function slowDisk({ process, forMs }: Of<'slow-disk'>, context: FaultContext): Promise<void> {
  const { lab } = context;
  await lab.supervisor.ready(process);
  for (let left = forMs; left > 0 && !context.signal.aborted; left -= HELD_MS + FREE_MS) {
    if (process === 'mongo') await holdWrites(context);
    else {
      lab.supervisor.signal(process, 'SIGSTOP');
      await pauseOf(HELD_MS, context);
      lab.supervisor.signal(process, 'SIGCONT');
    }
    await pauseOf(FREE_MS, context);
  }
}

/** mongod takes writes and keeps them waiting until it is unlocked. */
async function holdWrites(context: FaultContext): Promise<void> {
  const admin = context.lab.mongo.db('admin');
  await admin.command({ fsync: 1, lock: true });
  try {
    await pauseOf(HELD_MS, context);
  } finally {
    await admin.command({ fsyncUnlock: 1 });
  }
}

/** No file of the process can grow. What that means to it is its own business: Kafka and mongod end. */
export async function fullDisk({ process, forMs }: Of<'full-disk'>, context: FaultContext): Promise<void> {
  const { supervisor } = context.lab;
  await supervisor.ready(process);
  supervisor.expectEnd(process);
  const service = supervisor.service(process);
  await execute('prlimit', ['--pid', String(service.pid), '--fsize=4096:4096']);
  await pauseOf(forMs, context);
  await service.kill9(); // if nothing had to be written until now, it still runs
  supervisor.begin(process);
}

/** The only member of the replica set is no primary for a while. */
export async function stepDown(seconds: number, context: FaultContext): Promise<void> {
  await context.lab.supervisor.ready('mongo');
  await context.lab.mongo
    .db('admin')
    .command({ replSetStepDown: seconds, secondaryCatchUpPeriodSecs: 0, force: true })
    .catch((error: unknown) => {
      // It closes connections when it steps down; that is the fault.
      if (!/connection|closed|stepped|InterruptedDueToReplState/i.test(String(error))) throw error;
    });
  await pauseOf(seconds * 1000, context);
}
