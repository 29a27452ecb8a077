/** One attribute of an entry as it came: the values are bytes, `options` is what followed the name (`range=0-1499`). */
export interface RawAttribute {
  /** Name as the server wrote it, without options. */
  readonly name: string;
  readonly option: string | undefined;
  /** Zero values means: the attribute has been cleared (DirSync). */
  readonly values: readonly Buffer[];
}

/** One entry as it came from the wire; nothing is filled in or interpreted. */
export interface RawEntry {
  /** DN, with `<GUID=…>;<SID=…>;` before it when extended DNs were asked for. */
  readonly dn: string;
  readonly attributes: readonly RawAttribute[];
  /** Bytes of the message that carried the entry. */
  readonly size: number;
}

/** The attribute without option of that name (case-insensitive), if the server sent it. */
export function rawAttribute(entry: RawEntry, name: string): RawAttribute | undefined {
  const wanted = name.toLowerCase();
  return entry.attributes.find(
    (attribute) => attribute.option === undefined && attribute.name.toLowerCase() === wanted,
  );
}

/** First value of an attribute as bytes. */
export const rawValue = (entry: RawEntry, name: string): Buffer | undefined => rawAttribute(entry, name)?.values[0];

/** First value of an attribute as text; use it for attributes that are text by definition. */
export const rawText = (entry: RawEntry, name: string): string | undefined => rawValue(entry, name)?.toString('utf8');

/** Splits an attribute description into name and option. */
export function splitDescription(description: string): { readonly name: string; readonly option: string | undefined } {
  const at = description.indexOf(';');
  return at < 0
    ? { name: description, option: undefined }
    : { name: description.slice(0, at), option: description.slice(at + 1) };
}
