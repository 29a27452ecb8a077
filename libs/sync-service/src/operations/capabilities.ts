import { element, type XmlElement } from '../nbfx/xml.js';
import type { ServiceCapabilities } from '../client/sync-service.js';
import { elementsOf, textOf } from '../nbfx/xml-read.js';
import { CHANGE } from '../soap/namespaces.js';
import { Fields, resultOf } from './field.js';

const OPERATION = 'Capabilities';
/** Levels of the answer between the result and the versions. */
const PATH = ['ServiceCapability', 'MicrosoftOnline', 'Protocol', 'Application'] as const;

export const encodeCapabilitiesRequest = (): XmlElement => element(CHANGE, OPERATION, [], { declare: [CHANGE] });

/** Response element, for a server: the result is a string that holds an XML document. */
export function encodeCapabilitiesResponse(capabilities: ServiceCapabilities): XmlElement {
  const versions = capabilities.blockedVersions.map((one) => `<ClientVersion>${one}</ClientVersion>`).join('');
  const inner =
    `<LatestProductVersion>${capabilities.latestVersion}</LatestProductVersion>` +
    `<MinimumProductVersion>${capabilities.minimumVersion}</MinimumProductVersion>` +
    `<BlackList Enabled="${capabilities.blockedVersions.length > 0}">${versions}</BlackList>`;
  const text = PATH.reduceRight((content, name) => `<${name}>${content}</${name}>`, inner);
  return element(CHANGE, `${OPERATION}Response`, [element(CHANGE, `${OPERATION}Result`, [text])], {
    declare: [CHANGE],
  });
}

/** Reads both forms: elements, or a string that holds the document. Missing versions are empty. @throws ADJ-EXP-3102 */
export function decodeCapabilitiesResponse(response: XmlElement): ServiceCapabilities {
  const result = resultOf(OPERATION, response);
  if (elementsOf(result).length > 0) return fromElements(result);
  const text = textOf(result);
  const one = (name: string): string => new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(text)?.[1] ?? '';
  return {
    latestVersion: one('LatestProductVersion'),
    minimumVersion: one('MinimumProductVersion'),
    blockedVersions: [...text.matchAll(/<ClientVersion>\s*([^<]*?)\s*<\/ClientVersion>/g)].map(
      (match) => match[1] ?? '',
    ),
  };
}

function fromElements(result: XmlElement): ServiceCapabilities {
  let fields: Fields | undefined = new Fields(result);
  for (const name of PATH) fields = fields?.within(name) ?? fields;
  return {
    latestVersion: fields.text('LatestProductVersion') ?? '',
    minimumVersion: fields.text('MinimumProductVersion') ?? '',
    blockedVersions: fields.nodes('BlackList').flatMap((list) => new Fields(list).nodes('ClientVersion').map(textOf)),
  };
}
