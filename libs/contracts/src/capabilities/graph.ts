/** How a value is carried between the Entra connector space and Microsoft Graph. */
export type GraphValueKind =
  'text' | 'boolean' | 'first' | 'list' | 'upn' | 'manager' | 'members' | 'anchor' | 'derived';

/** One attribute of the Entra connector space that Microsoft Graph v1.0 can hold. */
export interface GraphAttribute {
  /** Graph property or relationship; `sourceAnchor` of groups and devices is the directory extension of the application. */
  readonly graph: string;
  readonly kind: GraphValueKind;
  /** Most characters (of each value). A longer value fails the object with ADJ-EXP-3016; nothing is cut. */
  readonly max?: number | undefined;
  /** Graph refuses null. */
  readonly notClearable?: boolean | undefined;
  /** Can be set in a create only. */
  readonly createOnly?: boolean | undefined;
  /** Read by the confirming import only. */
  readonly readOnly?: boolean | undefined;
}

const text = (graph: string, max?: number): GraphAttribute => ({ graph, kind: 'text', max });

/**
 * The one table between Entra connector-space names (engine/attributes.md, "Name mapping") and Microsoft Graph v1.0 properties
 * (operations/graph-export.md sections 1 to 3). docs/graph-attributes.md is generated from it.
 */
export const GRAPH_ATTRIBUTES = {
  user: {
    accountEnabled: { graph: 'accountEnabled', kind: 'boolean', notClearable: true },
    alias: { graph: 'mailNickname', kind: 'text', max: 64, notClearable: true },
    city: text('city', 128),
    company: text('companyName', 64),
    country: text('country', 128),
    department: text('department', 64),
    displayName: { graph: 'displayName', kind: 'text', max: 256, notClearable: true },
    employeeId: text('employeeId', 16),
    employeeType: text('employeeType'),
    facsimileTelephoneNumber: text('faxNumber', 64),
    givenName: text('givenName', 64),
    mail: text('mail', 256),
    manager: { graph: 'manager', kind: 'manager' },
    mobile: text('mobilePhone', 64),
    otherMails: { graph: 'otherMails', kind: 'list', max: 250 },
    physicalDeliveryOfficeName: text('officeLocation', 128),
    postalCode: text('postalCode', 40),
    preferredDataLocation: text('preferredDataLocation'),
    preferredLanguage: text('preferredLanguage'),
    sourceAnchor: { graph: 'onPremisesImmutableId', kind: 'anchor', max: 256 },
    state: text('state', 128),
    streetAddress: text('streetAddress', 1024),
    surname: text('surname', 64),
    telephoneNumber: { graph: 'businessPhones', kind: 'first', max: 64 },
    title: text('jobTitle', 128),
    usageLocation: { graph: 'usageLocation', kind: 'text', max: 2, notClearable: true },
    userPrincipalName: { graph: 'userPrincipalName', kind: 'upn', max: 113, notClearable: true },
    userType: { graph: 'userType', kind: 'text', notClearable: true },
  },
  group: {
    alias: { graph: 'mailNickname', kind: 'text', max: 64, notClearable: true },
    description: text('description', 1024),
    displayName: { graph: 'displayName', kind: 'text', max: 256, notClearable: true },
    /** `Unified`: a Microsoft 365 group; nothing: a security group. */
    groupTypes: { graph: 'groupTypes', kind: 'list', createOnly: true },
    member: { graph: 'members', kind: 'members' },
    securityEnabled: { graph: 'securityEnabled', kind: 'boolean', notClearable: true },
    sourceAnchor: { graph: 'sourceAnchor', kind: 'anchor', max: 256 },
  },
  device: {
    accountEnabled: { graph: 'accountEnabled', kind: 'boolean', notClearable: true },
    deviceId: { graph: 'deviceId', kind: 'text', createOnly: true },
    deviceOSType: text('operatingSystem'),
    deviceOSVersion: text('operatingSystemVersion'),
    deviceTrustType: { graph: 'trustType', kind: 'text', readOnly: true },
    displayName: { graph: 'displayName', kind: 'text', max: 256, notClearable: true },
    sourceAnchor: { graph: 'sourceAnchor', kind: 'anchor', max: 256 },
  },
  /** Microsoft Graph cannot write organization contacts at all; the confirming import reads them. */
  contact: {
    alias: { graph: 'mailNickname', kind: 'text', readOnly: true },
    company: { graph: 'companyName', kind: 'text', readOnly: true },
    department: { graph: 'department', kind: 'text', readOnly: true },
    displayName: { graph: 'displayName', kind: 'text', readOnly: true },
    givenName: { graph: 'givenName', kind: 'text', readOnly: true },
    mail: { graph: 'mail', kind: 'text', readOnly: true },
    surname: { graph: 'surname', kind: 'text', readOnly: true },
    title: { graph: 'jobTitle', kind: 'text', readOnly: true },
  },
} as const satisfies Record<string, Readonly<Record<string, GraphAttribute>>>;

export type GraphObjectType = keyof typeof GRAPH_ATTRIBUTES;
export const GRAPH_OBJECT_TYPES = Object.keys(GRAPH_ATTRIBUTES) as readonly GraphObjectType[];

const writable = (type: GraphObjectType): readonly string[] =>
  (Object.entries(GRAPH_ATTRIBUTES[type]) as readonly [string, GraphAttribute][])
    .filter(([, attribute]) => attribute.readOnly !== true)
    .map(([name]) => name);

/**
 * Entra connector-space attributes that the Graph channel can write, by object type. An empty list: objects of the type cannot be
 * exported (contacts). Attribute names compare without case.
 */
export const GRAPH_CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  user: writable('user'),
  group: writable('group'),
  device: writable('device'),
  contact: [],
};

/** What Graph v1.0 cannot hold over the public API, for the documentation (operations/graph-export.md section 12). */
export const GRAPH_UNSUPPORTED: readonly { readonly what: string; readonly instead: string }[] = [
  { what: 'organization contacts', instead: 'recorded once per object as unsupported by target; no request is sent' },
  {
    what: 'distribution groups and the mail side of mail-enabled security groups',
    instead:
      'a security-enabled group is written as a plain security group, one with the groupTypes `Unified` as a Microsoft 365 group; any other is unsupported',
  },
  { what: 'proxyAddresses, targetAddress and all msExch* attributes', instead: 'only `mail` is written' },
  {
    what: 'onPremisesSamAccountName, onPremiseSecurityIdentifier, onPremisesDistinguishedName, dnsDomainName, netBiosName',
    instead: 'read-only for applications in v1.0',
  },
  {
    what: 'extensionAttribute1-15',
    instead: 'not written; a rule can write them to directory extensions (directoryExtensions of the connector)',
  },
  { what: 'password hashes', instead: 'not possible; a created user has a random password that is kept nowhere' },
  {
    what: 'thumbnailPhoto, userCertificate, userSMIMECertificate',
    instead:
      'not written: certificates are not in Graph, and a photo cannot be read back by delta, so it could not be confirmed',
  },
  {
    what: 'the mark "synchronized from on-premises" (onPremisesSyncEnabled)',
    instead: 'objects stay cloud-managed; ownership is known by the source anchor',
  },
];
