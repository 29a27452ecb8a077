import { startSimulator, type RunningSimulator, type SimulatorOptions } from '@adjoin/entra-simulator';
import { GraphApi } from '@adjoin/graph';
import { CheckedTransport } from './wire-log.js';

export interface GraphUnderTest {
  readonly api: GraphApi;
  readonly simulator: RunningSimulator;
  readonly close: () => Promise<void>;
}

/** A client of a simulated tenant that sends nothing the metadata of Graph does not allow. */
export async function aGraph(options: SimulatorOptions = {}): Promise<GraphUnderTest> {
  const simulator = await startSimulator(options);
  const transport = new CheckedTransport(simulator.ca);
  const api = new GraphApi({
    graphUrl: simulator.baseUrl,
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    transport,
  });
  const close = async (): Promise<void> => {
    transport.close();
    await simulator.close();
  };
  return { api, simulator, close };
}
