/** Where something stands in the export. */
export interface ExportPlace {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** A connector as the export names it. */
export interface ExportedConnector {
  /** GUID in lower case without braces. */
  readonly id: string;
  readonly name: string;
  /** `other`: neither Active Directory nor Entra ID. */
  readonly kind: 'ad' | 'entra' | 'other';
  /** DNS name of the forest. */
  readonly forest?: string | undefined;
  /** NetBIOS names of the domains by DNS name. */
  readonly domains: Readonly<Record<string, string>>;
}

export interface ExportedFlow extends ExportPlace {
  readonly to: string;
  readonly attributes: readonly string[];
  readonly constant: string;
  readonly expression: string;
  readonly once: boolean;
  readonly merge: string;
}
export interface ExportedClause {
  readonly attribute: string;
  readonly operator: string;
  readonly value: string;
}
export interface ExportedJoin {
  readonly connectorSpace: string;
  readonly metaverse: string;
  readonly caseSensitive: boolean;
}

export interface UnknownPart extends ExportPlace {
  readonly part: string;
}

/** A synchronization rule of Entra Connect as it stands in the export (engine/declarative-provisioning.md §2). */
export interface ExportedRule extends ExportPlace {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Only default rules have one. */
  readonly tag: string;
  readonly direction: string;
  readonly disabled: boolean;
  /** GUID of the connector in lower case without braces. */
  readonly connector: string;
  readonly from: string;
  readonly to: string;
  readonly link: string;
  readonly precedence: number;
  readonly precedenceBefore: string;
  readonly precedenceAfter: string;
  readonly softDelete: string;
  readonly passwordSync: boolean;
  readonly scope: readonly (readonly ExportedClause[])[];
  readonly join: readonly (readonly ExportedJoin[])[];
  readonly flows: readonly ExportedFlow[];
  /** Elements and attributes that are not known, or stand there more than once; each one once. */
  readonly unknown: readonly UnknownPart[];
}

/** What the importer has to say about one part of the export. */
export interface ImportNote extends ExportPlace {
  /** `unreadable`: the file is damaged. `left-out`: is not in the result. `check`: is in it, and a person has to look. `info`: nothing to do. */
  readonly kind: 'unreadable' | 'left-out' | 'check' | 'info';
  /** Name of the rule, or undefined for the export as a whole. */
  readonly rule?: string | undefined;
  readonly message: string;
}

export interface ServerExport {
  readonly connectors: readonly ExportedConnector[];
  /** By precedence. */
  readonly rules: readonly ExportedRule[];
  readonly notes: readonly ImportNote[];
}
