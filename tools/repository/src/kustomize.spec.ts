import { LOCAL_PORTS } from '@adjoin/contracts';
import { repositoryRoot } from '@adjoin/stack';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
  readonly resources: { readonly requests: object; readonly limits: object };
}
interface Labels {
  readonly [name: string]: string;
}
interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: {
    readonly selector: Labels & { readonly matchLabels?: Labels };
    readonly podSelector: { readonly matchLabels?: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly containers: readonly [Container];
        readonly securityContext: Readonly<Record<string, unknown>>;
      };
    };
  };
}

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const PROCESSES = {
  'control-plane': LOCAL_PORTS.controlPlane,
  'sync-engine': LOCAL_PORTS.syncEngine,
  'entra-exporter': LOCAL_PORTS.entraExporter,
  'ad-importer-corp': LOCAL_PORTS.adImporter,
};

function build(overlay: string): readonly Resource[] {
  const folder = join(repositoryRoot(), 'deploy', 'k8s', 'overlays', overlay);
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`kubectl kustomize ${overlay}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Resource);
}

function matches(selector: Labels | undefined, labels: Labels): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

it('kubectl is there where the checks have to run', () => {
  expect(
    hasKubectl || process.env['CI'] === undefined,
    'install kubectl: the overlays are not checked without it',
  ).toBe(true);
});

describe.skipIf(!hasKubectl).each(['local', 'production'])('overlay %s', { timeout: 60_000 }, (overlay) => {
  const resources = hasKubectl ? build(overlay) : [];
  const named = (kind: string, name: string): Resource => {
    const found = resources.find((resource) => resource.kind === kind && resource.metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found;
  };

  it.each(Object.entries(PROCESSES))('%s runs without rights, with probes and limits', (name, port) => {
    const { spec, metadata } = named('Deployment', name).spec.template;
    const [container] = spec.containers;
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect([container.livenessProbe.httpGet.path, container.readinessProbe.httpGet.path]).toEqual([
      '/livez',
      '/readyz',
    ]);
    expect(container.resources).toHaveProperty('limits.memory');
    expect(container.ports[0]?.containerPort).toBe(port);
    expect(metadata.labels['app.kubernetes.io/part-of']).toBe('adjoin');
  });

  it.each(Object.keys(PROCESSES))(
    'service, disruption budget and network policy of %s select its pods and no others',
    (name) => {
      const pods = Object.keys(PROCESSES).map(
        (other) => [other, named('Deployment', other).spec.template.metadata.labels] as const,
      );
      const selected = (selector: Labels | undefined): string[] =>
        pods.filter(([, labels]) => matches(selector, labels)).map(([pod]) => pod);
      expect(selected(named('Service', name).spec.selector)).toEqual([name]);
      expect(selected(named('PodDisruptionBudget', name).spec.selector.matchLabels)).toEqual([name]);
      expect(selected(named('NetworkPolicy', name).spec.podSelector.matchLabels)).toEqual([name]);
      expect(selected(named('Deployment', name).spec.selector.matchLabels)).toEqual([name]);
    },
  );

  it('gives no secret as the value of a variable', () => {
    const variables = Object.keys(PROCESSES).flatMap(
      (name) => named('Deployment', name).spec.template.spec.containers[0].env,
    );
    const values = variables.filter(({ value }) => value !== undefined).map(({ name }) => name);
    expect(values.filter((name) => /(TOKEN|PASSWORD|SECRET|MONGO_URI)$/.test(name))).toEqual([]);
  });

  it('forbids what no policy allows', () => {
    expect(named('NetworkPolicy', 'default-deny').spec.podSelector).toEqual({});
  });
});

describe.skipIf(!hasKubectl)('password hash synchronization', { timeout: 60_000 }, () => {
  const resources = hasKubectl ? build('production/passwords-corp') : [];
  const deployment = resources.find(({ kind }) => kind === 'Deployment');

  it('is a pod of its own, without rights and without a way to attach a debugger', () => {
    const spec = deployment?.spec.template.spec;
    const [container] = spec?.containers ?? [];
    expect(deployment?.metadata.name).toBe('password-hash-sync-corp');
    expect(container?.ports[0]?.containerPort).toBe(LOCAL_PORTS.passwordHashSync);
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(container?.env.find(({ name }) => name === 'NODE_OPTIONS')?.value).toContain('--disable-sigusr1');
  });

  it('has a secret of its own and reaches domain controllers, Entra ID and our own services only', () => {
    const text = JSON.stringify(resources);
    expect(text).toContain('password-hash-sync-secret-corp');
    const ports = text.match(/"port":\d+,?/g)?.map((port) => Number(/\d+/.exec(port)?.[0]));
    const allowed = [53, 135, 443, 4318, 7440, 9092, 9093, 27_017, 49_152];
    expect(ports?.filter((port) => !allowed.includes(port))).toEqual([]);
  });
});

describe.skipIf(!hasKubectl)('production', { timeout: 60_000 }, () => {
  it('reaches Kafka with TLS and a password from every process that talks to it', () => {
    const processes = build('production').filter(({ kind }) => kind === 'Deployment');
    const secured = processes.filter(({ spec }) => {
      const variables = spec.template.spec.containers[0].env;
      const valueOf = (wanted: string) => variables.find(({ name }) => name === wanted)?.value;
      return valueOf('ADJOIN_KAFKA_TLS') === 'on' && valueOf('ADJOIN_KAFKA_SASL') === 'scram-sha-512';
    });
    expect(secured.map(({ metadata }) => metadata.name).sort()).toEqual([
      'ad-importer-corp',
      'entra-exporter',
      'sync-engine',
    ]);
  });

  it('carries no secret and no simulator', () => {
    const kinds = build('production').map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(kinds.filter((name) => name.startsWith('Secret ') || name.includes('simulator'))).toEqual([]);
  });
});
