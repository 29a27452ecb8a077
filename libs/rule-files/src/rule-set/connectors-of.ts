import type { ConnectorDefinition } from '@adjoin/engine';

/** Connectors a template is written for: all of a kind in their order, or the one with that name. */
export function connectorsOf(
  connector: string,
  connectors: readonly ConnectorDefinition[],
): readonly ConnectorDefinition[] {
  const ordered = [...connectors].sort((a, b) => a.order - b.order);
  if (connector === 'ad' || connector === 'entra') return ordered.filter((one) => one.kind === connector);
  return ordered.filter((one) => one.name === connector);
}
