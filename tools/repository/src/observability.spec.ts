import { repositoryRoot } from '@adjoin/stack';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = join(repositoryRoot(), 'deploy', 'observability');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}
const alerts = (parse(read('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read('grafana/adjoin.json')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};

/** Prometheus names of what the telemetry.ts files declare: dots to underscores, `_total` for counters, three series for histograms. */
function declaredMetrics(): ReadonlySet<string> {
  const names = new Set(['up']);
  const apps = join(repositoryRoot(), 'apps');
  for (const app of readdirSync(apps)) {
    const file = join(apps, app, 'src', 'telemetry.ts');
    if (!existsSync(file)) continue;
    const source = readFileSync(file, 'utf8');
    for (const [, kind = '', name = ''] of source.matchAll(/create(\w+)\('([\w.]+)'/g)) {
      const base = name.replaceAll('.', '_');
      if (kind.includes('Counter')) names.add(`${base}_total`);
      else if (kind.includes('Histogram')) addHistogram(names, base);
      else names.add(base);
    }
    for (const [, name = ''] of source.matchAll(/'(adjoin_\w+)'/g)) {
      names.add(name);
      if (name.includes('duration')) addHistogram(names, name);
    }
  }
  return names;
}

function addHistogram(names: Set<string>, base: string): void {
  for (const series of ['bucket', 'sum', 'count']) names.add(`${base}_${series}`);
}

const metricsOf = (expr: string): readonly string[] => expr.match(/\b(adjoin_[a-z_]+|up)\b/g) ?? [];

describe('observability', () => {
  const declared = declaredMetrics();

  it('finds the declared metrics', () => {
    expect(declared).toContain('adjoin_engine_synchronized_total');
    expect(declared).toContain('adjoin_graph_batch_duration_count');
    expect(declared).toContain('adjoin_import_freshness_seconds');
  });

  it.each(alerts.map((rule) => [rule.alert, rule.expr]))('alert %s uses declared metrics', (_name, expr) => {
    expect(metricsOf(expr)).not.toEqual([]);
    for (const metric of metricsOf(expr)) expect(declared).toContain(metric);
  });

  it.each(dashboard.panels.map(({ title, targets }) => [title, targets.map(({ expr }) => expr)] as const))(
    'panel "%s" uses declared metrics',
    (_title, exprs) => {
      for (const metric of exprs.flatMap(metricsOf)) expect(declared).toContain(metric);
    },
  );

  it('every alert has a section in docs/operations.md', () => {
    const page = readFileSync(join(repositoryRoot(), 'docs', 'operations.md'), 'utf8');
    for (const { alert, annotations } of alerts) {
      expect(annotations['runbook']).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(page).toContain(`### ${alert}\n`);
    }
  });

  it('the collector and Prometheus files parse', () => {
    expect(parse(read('prometheus.yml'))).toHaveProperty('scrape_configs');
    expect(parse(read('otel-collector.yaml'))).toHaveProperty('service.pipelines.traces');
  });
});
