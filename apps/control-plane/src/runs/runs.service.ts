import { Inject, Injectable } from '@nestjs/common';
import { SyncError, type ListRunsQuery, type Page, type Run, type RunDetail, type StartRun } from '@adjoin/contracts';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { decodeCursor, encodeCursor, pageFrom } from '../http/cursor.js';
import { toInstant } from '../naming/wire.js';
import { runOfAttempts } from './import-run-document.js';
import { RunsStore, type Before, type EngineRunResult, type RunDocument } from './runs.store.js';

const isImport = (profile: string): boolean => profile.endsWith('-import');

/** Runs: requests of people, and what importers and the engine did with them or by themselves. */
@Injectable()
export class RunsService {
  constructor(
    @Inject(RunsStore) private readonly store: RunsStore,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
  ) {}

  /** Importers and the engine take requests from `runs` and note what came of them in their own collections. */
  async start(request: StartRun, by: string): Promise<RunDetail> {
    const { connector: name, profile } = request;
    const connector = this.connectors.require(name);
    const profiles = this.connectors.profiles(connector);
    if (!profiles.includes(profile)) {
      throw new SyncError('ADJ-API-4003', `The connector ${name} has no run profile ${profile}.`, {
        hint: `Profiles: ${profiles.join(', ')}.`,
      });
    }
    if (!connector.enabled) throw new SyncError('ADJ-API-4006', `The connector ${name} is disabled.`);
    return this.#detail(await this.store.request(request, by));
  }

  async show(id: string): Promise<RunDetail> {
    const requested = await this.store.byId(id);
    if (requested !== null) return this.#detail(requested);
    for (const connector of this.connectors.names) {
      const attempts = await this.store.attemptsOf(connector, id);
      if (attempts.length > 0) return runOfAttempts(connector, id, attempts);
    }
    throw new SyncError('ADJ-API-4004', `There is no run ${id}.`, { hint: 'See `adjoin run list`.', object: id });
  }

  async list(query: ListRunsQuery): Promise<Page<Run>> {
    const names =
      query.connector === undefined ? this.connectors.names : [this.connectors.require(query.connector).name];
    const before = beforeOf(query.cursor);
    const [requested, ...imports] = await Promise.all([
      this.store.requested(names, before, query.limit + 1),
      ...names.map((name) => this.#imported(name, before, query.limit + 1)),
    ]);
    const byId = new Map(imports.flat().map((run) => [run.id, run]));
    for (const run of await Promise.all(requested.map((doc) => this.#detail(doc)))) byId.set(run.id, run);
    const sorted = [...byId.values()]
      .map(withoutSteps)
      .filter((run) => isBefore(run, before))
      .sort(newestFirst);
    return pageFrom(sorted, query.limit, { item: (run) => run, cursor: (run) => encodeCursor(timeOf(run), run.id) });
  }

  async #imported(connector: string, before: Before | undefined, limit: number): Promise<RunDetail[]> {
    const attempts = await this.store.attempts(connector, before, limit);
    const byRun = Map.groupBy(attempts, (attempt) => attempt.id);
    const asked = new Map((await this.store.byIds([...byRun.keys()])).map((doc) => [doc._id, doc]));
    return [...byRun].map(([id, list]) => withRequest(runOfAttempts(connector, id, list), asked.get(id)));
  }

  async #detail(doc: RunDocument): Promise<RunDetail> {
    if (isImport(doc.profile)) {
      const attempts = await this.store.attemptsOf(doc.connector, doc._id);
      return withRequest(runOfAttempts(doc.connector, doc._id, attempts), doc);
    }
    const empty = withRequest(runOfAttempts(doc.connector, doc._id, []), doc);
    return withResult(empty, await this.store.engineResult(doc._id));
  }
}

function withRequest(run: RunDetail, doc: RunDocument | undefined): RunDetail {
  return doc === undefined
    ? run
    : { ...run, profile: doc.profile, requestedAt: doc.requestedAt.toISOString(), requestedBy: doc.by };
}

function withResult(run: RunDetail, result: EngineRunResult | undefined): RunDetail {
  if (result === undefined) return run;
  const state = result.status === 'completed' ? 'success' : result.status === 'failed' ? 'failed' : 'in-progress';
  return { ...run, state, startedAt: toInstant(result.startedAt), endedAt: toInstant(result.endedAt) };
}

const withoutSteps = ({ steps: _, ...run }: RunDetail): Run => run;
const timeOf = (run: Run): string => run.startedAt ?? run.requestedAt ?? '';
const newestFirst = (a: Run, b: Run): number => timeOf(b).localeCompare(timeOf(a)) || b.id.localeCompare(a.id);

function beforeOf(cursor: string | undefined): Before | undefined {
  const [at, id] = decodeCursor(cursor, 2) ?? [];
  return at === undefined || id === undefined ? undefined : { at: new Date(at), id };
}

function isBefore(run: Run, before: Before | undefined): boolean {
  if (before === undefined) return true;
  const at = timeOf(run);
  const bound = before.at.toISOString();
  return at < bound || (at === bound && run.id < before.id);
}
