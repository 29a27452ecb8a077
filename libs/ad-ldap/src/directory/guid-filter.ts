import { EqualityFilter, OrFilter, type Filter } from 'ldapts';
import { guidBytes } from '../names/guid.js';

/**
 * Filter for objects with one of these GUIDs. As objects, not as text: the text parser of ldapts takes escaped bytes for UTF-8 and
 * would look for another GUID.
 */
export function guidFilter(guids: readonly string[]): Filter {
  return new OrFilter({
    filters: guids.map((guid) => new EqualityFilter({ attribute: 'objectGUID', value: guidBytes(guid) })),
  });
}
