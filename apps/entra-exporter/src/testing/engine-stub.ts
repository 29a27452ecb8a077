import { randomUUID } from 'node:crypto';
import type { ExportMessage, ResultMessage } from '@adjoin/contracts';
import { ExporterProcess, type KillPoint } from './exporter-process.js';
import type { World } from './world.js';

/** Exports of one call of the handler, and calls at the same time, as in the process itself. */
const CHUNK = 500;
const WORKERS = 3;

export interface EngineOptions {
  readonly random: () => number;
  readonly kill?: KillPoint | undefined;
  readonly chunk?: number | undefined;
}

/**
 * The engine as the exporter sees it: one export in flight for each object, deferred ones again after the time that was asked for, in a new
 * version. A killed exporter is replaced, and what it had not finished is delivered again, as Kafka does.
 */
export class EngineStub {
  readonly #world: World;
  readonly #options: EngineOptions;
  #process: ExporterProcess;
  #results = 0;
  readonly #waiting: ExportMessage[] = [];
  readonly #inFlight = new Map<string, ExportMessage>();
  #sleeping = 0;
  #kills = 0;
  /** Last outcome that was not deferred, by object. */
  readonly outcomes = new Map<string, ResultMessage>();
  /** How often an object was reported as applied. */
  readonly applied = new Map<string, number>();

  constructor(world: World, options: EngineOptions) {
    this.#world = world;
    this.#options = options;
    this.#process = this.#start();
  }

  get kills(): number {
    return this.#kills;
  }

  /** Delivers exports until each has an outcome that stands. */
  async settle(messages: readonly ExportMessage[]): Promise<void> {
    for (const message of messages) this.#add(message);
    const workers = Array.from({ length: WORKERS }, () => this.#work());
    await Promise.all(workers);
  }

  #start(): ExporterProcess {
    return new ExporterProcess(this.#world, this.#options.random, this.#options.kill);
  }

  #add(message: ExportMessage): void {
    this.#inFlight.set(message.objectId, message);
    if (message.version === 1) this.#waiting.push(message);
    else this.#waiting.unshift(message);
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sleeping > 0 || this.#inFlight.size > 0) {
      const batch = this.#waiting.splice(0, this.#options.chunk ?? CHUNK);
      if (batch.length === 0) {
        await this.#world.clock.sleep(200);
        continue;
      }
      const process = this.#process;
      const killed = await Promise.race([process.handle(batch).then(() => false), process.killed.then(() => true)]);
      if (killed) {
        if (process === this.#process) {
          this.#kills++;
          this.#process = this.#start();
        }
        this.#take();
        // From the last commit on: before everything that was not delivered yet.
        this.#waiting.unshift(...batch.filter((message) => this.#inFlight.get(message.objectId) === message));
      } else this.#take();
    }
  }

  /** Takes over the results that were told since the last time. */
  #take(): void {
    const { results } = this.#world;
    for (; this.#results < results.length; this.#results++) {
      const result = results[this.#results];
      const message = result && this.#inFlight.get(result.objectId);
      if (result === undefined || message?.version !== result.version) continue;
      this.#inFlight.delete(result.objectId);
      if (result.outcome === 'applied') this.applied.set(result.objectId, (this.applied.get(result.objectId) ?? 0) + 1);
      const open = openMembers(message, result);
      if (result.outcome === 'deferred') this.#again(message, result);
      else if (open !== undefined) this.#again({ ...message, attributes: {}, references: { member: open } }, result);
      else this.outcomes.set(result.objectId, result);
    }
  }

  #again(message: ExportMessage, { retryAfterMs, cloudId }: ResultMessage): void {
    this.#sleeping++;
    this.#world.clock.delay(retryAfterMs ?? 2000, () => {
      this.#sleeping--;
      const releasedAt = new Date(this.#world.clock.now()).toISOString();
      this.#add({
        ...message,
        version: message.version + 1,
        releasedAt,
        ...(cloudId === undefined ? {} : { operation: 'update' as const, cloudId }),
      });
    });
  }
}

/** Members that are worth another try. */
function openMembers({ references }: ExportMessage, result: ResultMessage): Members | undefined {
  const failed = new Set(
    result.references?.['member']?.failed.filter(({ retryable }) => retryable).map(({ mv }) => mv) ?? [],
  );
  const wanted = references?.['member'];
  if (failed.size === 0 || wanted === undefined) return undefined;
  const still = (members: Members['add']): Members['add'] => members.filter(({ mv }) => failed.has(mv));
  return { add: still(wanted.add), remove: still(wanted.remove) };
}
type Members = NonNullable<ExportMessage['references']>[string];

/** An export that creates a user; each call another one. */
export function aUserExport(more: Partial<ExportMessage> = {}): ExportMessage {
  const name = randomUUID().slice(0, 13);
  return {
    target: 'entra',
    objectId: name,
    version: 1,
    epoch: 0,
    lane: 'normal',
    releasedAt: '2026-01-01T00:00:00.000Z',
    operation: 'add',
    objectType: 'user',
    sourceAnchor: Buffer.from(name).toString('base64'),
    attributes: { displayName: name, userPrincipalName: `${name}@corp.test`, accountEnabled: true },
    ...more,
  };
}

export function aGroupExport(members: readonly string[] = [], more: Partial<ExportMessage> = {}): ExportMessage {
  return aUserExport({
    objectType: 'group',
    attributes: { displayName: 'A group', securityEnabled: true },
    references: { member: { add: members.map((cloudId) => ({ mv: `mv-${cloudId}`, cloudId })), remove: [] } },
    ...more,
  });
}
