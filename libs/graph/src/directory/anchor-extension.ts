import { SyncError } from '@adjoin/contracts';
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
  const list = (await api.must('GET', path, 'Reading the directory extensions of our application', { signal })) as {
    value?: readonly { name?: unknown }[];
  };
  if (list.value?.some((extension) => extension.name === fullName) === true) return fullName;
  await api.must(
    'POST',
    path,
    'Registering the directory extension sourceAnchor (permission Application.ReadWrite.OwnedBy)',
    {
      body: { name: NAME, dataType: 'String', targetObjects: TARGETS },
      signal,
    },
  );
  return fullName;
}
