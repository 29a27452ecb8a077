import type { AppName, Lab } from './lab.js';

const LOG_LINES = 8;
const LINE_LENGTH = 400;

/** Gates, connectors, readiness and the last log lines, for the message of a failed test. */
export async function describeLab(lab: Lab): Promise<readonly string[]> {
  const tenant = await lab.simulator.stats().then(
    ({ objects, faultsFired }) => `tenant: ${JSON.stringify(objects)}, ${faultsFired} faults fired`,
    (error: unknown) => `tenant: ${String(error)}`,
  );
  const processes = await Promise.all(lab.appNames.map((name) => describeApp(lab, name)));
  return [`state of ${lab.stack.name}:`, `  ${tenant}`, ...(await statusLines(lab)), ...processes.flat()];
}

async function statusLines(lab: Lab): Promise<readonly string[]> {
  try {
    const { gates, targets, connectors, held } = await lab.controlPlane.status();
    return [
      ...gates.map((gate) => `  gate ${gate.gate} of ${gate.target} (${gate.count}): ${gate.reason}`),
      ...targets.map((target) => `  target ${JSON.stringify(target)}`),
      ...connectors.map((connector) => `  connector ${JSON.stringify(connector)}`),
      `  held ${JSON.stringify(held)}`,
    ];
  } catch (error) {
    return [`  status: ${String(error)}`];
  }
}

async function describeApp(lab: Lab, name: AppName): Promise<readonly string[]> {
  const app = lab.apps.find((one) => one.name === name);
  if (app === undefined) return [`  ${name}: not started`];
  const readiness = await fetch(`${lab.address(name)}/readyz`, { signal: AbortSignal.timeout(3000) }).then(
    async (response) => `${response.status} ${await response.text()}`,
    (error: unknown) => (app.running ? `does not answer: ${String(error)}` : 'has ended'),
  );
  const lines = app.logTail(LOG_LINES).map((line) => `    ${line.slice(0, LINE_LENGTH)}`);
  return [`  ${name}: ${readiness}`, ...lines];
}
