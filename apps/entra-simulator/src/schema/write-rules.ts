import type { EntityName } from './property-table.js';

/**
 * What a write may set (spec operations/graph-export.md sections 1 to 3). Anything the property table has and that
 * is not listed here is read-only.
 */
export interface WriteRules {
  readonly resource: string;
  readonly required: readonly string[];
  readonly writable: ReadonlySet<string>;
  /** Settable in a create only. */
  readonly createOnly: ReadonlySet<string>;
  /** `null` is refused. */
  readonly notClearable: ReadonlySet<string>;
  /** Stored elsewhere, refused for application permissions. */
  readonly delegatedOnly: ReadonlySet<string>;
  /** Most characters of a value, or of each value of a collection. */
  readonly lengths: Readonly<Record<string, number>>;
}

const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((name) => name !== ''));

const USER: WriteRules = {
  resource: 'User',
  required: ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'],
  writable: names(`accountEnabled ageGroup businessPhones city companyName consentProvidedForMinor country department
    displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType faxNumber givenName
    identities jobTitle mail mailNickname mobilePhone officeLocation onPremisesExtensionAttributes
    onPremisesImmutableId otherMails passwordPolicies passwordProfile postalCode preferredDataLocation
    preferredLanguage showInAddressList state streetAddress surname usageLocation userPrincipalName userType`),
  createOnly: names(''),
  notClearable: names('accountEnabled displayName mailNickname userPrincipalName usageLocation passwordProfile'),
  delegatedOnly: names(
    'aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills',
  ),
  lengths: {
    displayName: 256,
    givenName: 64,
    surname: 64,
    jobTitle: 128,
    department: 64,
    companyName: 64,
    officeLocation: 128,
    city: 128,
    state: 128,
    country: 128,
    postalCode: 40,
    streetAddress: 1024,
    mailNickname: 64,
    mobilePhone: 64,
    employeeId: 16,
    userPrincipalName: 113,
    businessPhones: 64,
    faxNumber: 64,
    onPremisesImmutableId: 256,
    otherMails: 250,
  },
};

const GROUP: WriteRules = {
  resource: 'Group',
  required: ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'],
  writable: names(`classification description displayName groupTypes isAssignableToRole mailEnabled mailNickname
    membershipRule membershipRuleProcessingState preferredDataLocation preferredLanguage resourceBehaviorOptions
    resourceProvisioningOptions securityEnabled theme uniqueName visibility`),
  createOnly: names('isAssignableToRole mailEnabled resourceBehaviorOptions resourceProvisioningOptions'),
  notClearable: names('displayName mailEnabled mailNickname securityEnabled groupTypes'),
  delegatedOnly: names(
    'allowExternalSenders autoSubscribeNewMembers hideFromAddressLists hideFromOutlookClients isSubscribedByMail unseenCount',
  ),
  lengths: { displayName: 256, mailNickname: 64, description: 1024, uniqueName: 128 },
};

const DEVICE: WriteRules = {
  resource: 'Device',
  required: [
    'accountEnabled',
    'alternativeSecurityIds',
    'deviceId',
    'displayName',
    'operatingSystem',
    'operatingSystemVersion',
  ],
  writable: names(`accountEnabled alternativeSecurityIds deviceId displayName operatingSystem operatingSystemVersion
    profileType physicalIds systemLabels`),
  createOnly: names('alternativeSecurityIds deviceId profileType'),
  notClearable: names('accountEnabled displayName'),
  // Set by device management only (section 3).
  delegatedOnly: names('isCompliant isManaged mdmAppId'),
  lengths: { displayName: 256 },
};

const APPLICATION: WriteRules = {
  resource: 'Application',
  required: ['displayName'],
  writable: names('displayName description identifierUris notes signInAudience tags uniqueName'),
  createOnly: names('uniqueName'),
  notClearable: names('displayName'),
  delegatedOnly: names(''),
  lengths: { displayName: 256, description: 1024 },
};

const RULES = { user: USER, group: GROUP, device: DEVICE, application: APPLICATION } as const;

/** Types a client can write. */
export type WritableType = keyof typeof RULES & EntityName;

/** The write rules of a type. */
export function writeRulesOf(type: WritableType): WriteRules {
  return RULES[type];
}
