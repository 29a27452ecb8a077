import { SyncError } from '@adjoin/contracts';
import { graphFailure, toGraphError } from '../errors/graph-failure.js';
import type { GraphApi } from '../graph-api.js';

const NAME = 'sourceAnchor';
const TARGETS = ['Group', 'Device'];

/**
 * Makes sure that the directory extension for source anchors of groups and devices exists on our application and returns its full name,
 * `extension_<appId without dashes>_sourceAnchor`. Needs Application.Read.All, and Application.ReadWrite.OwnedBy (or .All) for the first start.
 */
export async function ensureAnchorExtension(api: GraphApi, clientId: string, signal?: AbortSignal): Promise<string> {
  const fullName = `extension_${clientId.replaceAll('-', '')}_${NAME}`;
  const filter = encodeURIComponent(`appId eq '${clientId}'`);
  const found = (await api.must(
    'GET',
    `/applications?$filter=${filter}&$select=id,appId`,
    'Reading our application (permission Application.Read.All)',
    { signal },
  )) as {
    value?: readonly { id?: unknown }[];
  };
  const application = found.value?.[0]?.id;
  if (typeof application !== 'string')
    throw new SyncError('ADJ-EXP-3003', `There is no application with the client id ${clientId} in the tenant.`);
  const path = `/applications/${application}/extensionProperties`;
  const registered = async (): Promise<boolean> => {
    const list = (await api.must('GET', path, 'Reading the directory extensions of our application', { signal })) as {
      value?: readonly { name?: unknown }[];
    };
    return list.value?.some((extension) => extension.name === fullName) === true;
  };
  if (await registered()) return fullName;
  const body = { name: NAME, dataType: 'String', targetObjects: TARGETS };
  const reply = await api.call('POST', path, { body, signal });
  // Another replica may have registered it at the same moment.
  if (reply.status >= 400 && !(await registered()))
    throw toGraphError(
      graphFailure(reply.status, reply.body),
      'Registering the directory extension sourceAnchor (permission Application.ReadWrite.OwnedBy)',
    );
  return fullName;
}
