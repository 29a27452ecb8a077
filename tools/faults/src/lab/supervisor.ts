import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashReport, ServiceHandle } from '@adjoin/stack';
import type { Holdings } from '../check/memory-check.js';

const RESTART_MS = 1000;

/** What keeps processes running in production: one that ends by itself is started again. What a fault ends is the business of the fault. */
export class Supervisor {
  readonly #services = new Map<string, ServiceHandle>();
  readonly #report: (line: string) => void;
  /** Starts under way, by process. */
  readonly #starting = new Map<string, Promise<void>>();
  /** Processes that a fault is about to end. */
  readonly #expected = new Set<string>();
  readonly crashes: string[] = [];
  #closed = false;

  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  add(service: ServiceHandle): void {
    this.#services.set(service.name, service);
  }

  remove(name: string): void {
    this.#services.delete(name);
  }

  service(name: string): ServiceHandle {
    const service = this.#services.get(name);
    if (service === undefined) throw new Error(`There is no process ${name}.`);
    return service;
  }

  get names(): readonly string[] {
    return [...this.#services.keys()];
  }

  crashed({ name, exit, lastLines }: CrashReport): void {
    if (this.#closed || this.#expected.has(name)) return;
    this.crashes.push(`${name} ended by itself (${exit}): ${lastLines.at(-1) ?? ''}`.slice(0, 400));
    this.#report(`${name} ended by itself (${exit}) and is started again`);
    void sleep(RESTART_MS).then(() => this.begin(name));
  }

  /** The end of the process is part of a fault until it is started again. */
  expectEnd(name: string): void {
    this.#expected.add(name);
  }

  /** Starts a process that has ended; whoever needs it waits by {@link ready}. */
  begin(name: string): void {
    if (this.#closed) return;
    this.#expected.delete(name);
    const known = this.#starting.get(name) ?? Promise.resolve();
    const start = known.then(() => startEnded(this.service(name)));
    this.#starting.set(
      name,
      start.catch((error: unknown) => {
        this.crashes.push(`${name} did not start: ${String(error)}`.slice(0, 600));
      }),
    );
  }

  /** Waits until a start that is under way has ended. */
  async ready(name: string): Promise<void> {
    await this.#starting.get(name);
  }

  /** Starts everything that does not run and waits for it. */
  async allReady(): Promise<void> {
    for (const { name, running } of this.#services.values()) if (!running) this.begin(name);
    await Promise.all(this.#starting.values());
  }

  /** Signals the whole process group: each process of a stack leads one. */
  signal(name: string, signal: NodeJS.Signals): void {
    const { pid, running } = this.service(name);
    if (!running) return;
    try {
      process.kill(-pid, signal);
    } catch {
      process.kill(pid, signal); // it has not become the leader of a group yet
    }
  }

  /** What each process holds now. */
  holdings(names: readonly string[]): Holdings {
    const held = names.flatMap((name) => {
      const service = this.#services.get(name);
      if (service?.running !== true) return [];
      try {
        return [[name, { rssMb: residentMb(service.pid), handles: openHandles(service.pid) }] as const];
      } catch {
        return []; // it ended meanwhile
      }
    });
    return Object.fromEntries(held);
  }

  async stopAll(names: readonly string[]): Promise<void> {
    this.#closed = true;
    for (const name of this.names) this.signal(name, 'SIGCONT');
    await Promise.all(names.map((name) => this.#services.get(name)?.stop()));
  }
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** Files and sockets; pipes and event descriptors of the runtime do not count. */
function openHandles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return /^(socket:|\/)/.test(readlinkSync(`${folder}/${fd}`));
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

async function startEnded(service: ServiceHandle): Promise<void> {
  if (!service.running) await service.restart();
}
