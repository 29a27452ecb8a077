import { z } from 'zod';
import { SETTABLE_FEATURES } from '../capabilities/tenant-features.js';
import { directoryExtension } from './directory-extensions.js';

/**
 * The connector file (`ADJOIN_CONFIG`, YAML or JSON): connectors in the order they were added, and the options of the default rules.
 * Secrets are named by file, never given as values. All processes read the same file.
 */
const tls = z
  .object({
    caFile: z.string().optional().describe('PEM file of the CA; the system store when absent'),
    serverName: z
      .string()
      .optional()
      .describe('name that the certificate must carry; the host name of the URL when absent'),
  })
  .strict();

/** Password hash synchronization of one forest. Absent = none: nothing of it runs, and no scope is published. */
const passwordHashSync = z
  .object({
    enabled: z.boolean().default(true),
    account: z
      .string()
      .describe('account that replicates password hashes: NETBIOS\\name; one of its own, not that of the importer'),
    passwordFile: z.string(),
    servers: z
      .array(z.string())
      .default([])
      .describe('host names of domain controllers, in order of preference; those of the connector when empty'),
    pollSeconds: z.number().min(0.5).default(2).describe('pause between two looks for changed passwords'),
  })
  .strict();
export type PasswordHashSyncConfig = z.infer<typeof passwordHashSync>;

const adConnector = z
  .object({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
    type: z.literal('ad'),
    id: z.string().describe('GUID of the connector, value of %Connector.ID%'),
    enabled: z.boolean().default(true),
    forest: z.string().describe('DNS name of the forest root, e.g. corp.test'),
    netbios: z.string().describe('NetBIOS name of the forest root domain'),
    servers: z
      .array(z.string())
      .min(1)
      .describe('ldaps:// (or ldap:// with startTls) URLs of domain controllers, in order of preference'),
    startTls: z.boolean().default(false),
    tls: tls.default({}),
    bindDn: z.string().describe('account: DN, userPrincipalName or NETBIOS\\name'),
    passwordFile: z.string(),
    domains: z
      .array(z.object({ dn: z.string(), fqdn: z.string(), netbios: z.string() }).strict())
      .min(1)
      .describe('selected domains (partitions)'),
    scope: z
      .object({
        include: z.array(z.string()).default([]).describe('container DNs; empty = the whole domain'),
        exclude: z.array(z.string()).default([]).describe('container DNs; the nearest listed ancestor decides'),
      })
      .strict()
      .default({ include: [], exclude: [] }),
    objectTypes: z
      .array(z.string())
      .default(['user', 'inetOrgPerson', 'group', 'contact', 'computer', 'foreignSecurityPrincipal']),
    readMode: z.enum(['dirsync', 'dirsync-object-security', 'usn', 'auto']).default('dirsync'),
    pollSeconds: z.number().positive().default(1),
    groupFilter: z.string().optional().describe('DN of the pilot group'),
    passwordHashSync: passwordHashSync.optional(),
    writeBack: z
      .array(z.enum(['consistency-guid', 'exchange-hybrid']))
      .optional()
      .describe('what is written to this forest; nothing when absent (docs/active-directory.md)'),
  })
  .strict();

/** How the provisioning web service is reached; used with `channel: sync-service`. */
const syncService = z
  .object({
    endpoint: z.string().default('https://adminwebservice.microsoftonline.com/provisioningservice.svc'),
    resource: z
      .string()
      .default('https://graph.windows.net')
      .describe('what tokens are for: the scope that is asked for is <resource>/.default'),
    applicationId: z
      .string()
      .default('1651564e-7ce4-4d99-88be-0a65050d8dc3')
      .describe('identifier of the kind of client in the protocol, not a credential'),
    clientBuild: z.string().default('2.4.21.0').describe('build number that is told; the service refuses old ones'),
    features: z
      .partialRecord(z.enum(SETTABLE_FEATURES), z.enum(['on', 'off']))
      .default({})
      .describe('switches of the tenant that are set when the exporter starts; others stay as they are'),
  })
  .strict();
export type SyncServiceConfig = z.infer<typeof syncService>;

/**
 * Whether an object that is new to Adjoin may take over one that the tenant has already (engine/entra-service.md section 2). The channel `graph`
 * decides so itself; with `sync-service` the tenant's own switches decide.
 */
const matching = z
  .object({
    hardMatch: z.enum(['allow', 'block']).default('allow').describe('take over a user that has the source anchor'),
    softMatch: z
      .enum(['address-and-name', 'address', 'block'])
      .default('address-and-name')
      .describe('take over a user without source anchor by primary SMTP address, or also by user principal name'),
  })
  .strict();
export type MatchingConfig = z.infer<typeof matching>;

const entraConnector = z
  .object({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
    type: z.literal('entra'),
    id: z.string(),
    enabled: z.boolean().default(true),
    channel: z
      .enum(['graph', 'sync-service'])
      .default('graph')
      .describe(
        'graph = Microsoft Graph; sync-service = the web service of Entra Connect, not documented by Microsoft for others (docs/sync-service.md)',
      ),
    tenantId: z.string(),
    clientId: z.string(),
    clientSecretFile: z.string().optional(),
    clientCertificateFile: z.string().optional().describe('PEM with certificate and private key'),
    graphUrl: z.string().default('https://graph.microsoft.com'),
    authority: z.string().default('https://login.microsoftonline.com'),
    tls: tls.default({}),
    syncService: syncService.prefault({}),
    matching: matching.prefault({}),
    directoryExtensions: z
      .array(directoryExtension)
      .max(100)
      .default([])
      .describe('attributes that are held as directory extensions of the application; channel graph'),
    pollSeconds: z.number().positive().default(1),
    /** Time after an acknowledgement within which a read may still show the old state. */
    consistencySeconds: z.number().nonnegative().default(30),
  })
  .strict();

export const connectorConfig = z.discriminatedUnion('type', [adConnector, entraConnector]);
export type AdConnectorConfig = z.infer<typeof adConnector>;
export type EntraConnectorConfig = z.infer<typeof entraConnector>;
export type ConnectorConfig = z.infer<typeof connectorConfig>;

export const ruleOptions = z
  .object({
    sourceAnchor: z.string().default('objectGUID'),
    identifyUsersBy: z
      .union([z.enum(['once', 'sid', 'mail', 'samAccountName']), z.object({ attribute: z.string() }).strict()])
      .default('once'),
    features: z.array(z.string()).default(['exchange']),
    memberLimit: z.number().int().default(250_000),
  })
  .strict();
export type RuleOptions = z.infer<typeof ruleOptions>;

const CONSISTENCY_GUID = 'ms-DS-ConsistencyGuid';
/** What the rules have to be told for a feature of writeBack: without it they compute no value for it. */
const NEEDED_OPTION = {
  'consistency-guid': {
    option: `sourceAnchor: ${CONSISTENCY_GUID}`,
    isSet: ({ sourceAnchor }: RuleOptions) => sourceAnchor === CONSISTENCY_GUID,
  },
  'exchange-hybrid': {
    option: 'features: hybridExchange among them',
    isSet: ({ features }: RuleOptions) => features.includes('hybridExchange'),
  },
} as const;

export const adjoinConfig = z
  .object({
    connectors: z.array(connectorConfig).min(1),
    rules: z
      .object({
        options: ruleOptions.prefault({}),
        overlays: z
          .array(z.string())
          .default([])
          .describe('folders with own rules, laid over the default rules in this order'),
      })
      .strict()
      .prefault({}),
    mode: z.enum(['continuous', 'interval']).default('continuous'),
  })
  .strict()
  .superRefine(({ connectors, rules }, context) => {
    for (const [index, one] of connectors.entries())
      for (const feature of one.type === 'ad' ? (one.writeBack ?? []) : []) {
        const { option, isSet } = NEEDED_OPTION[feature];
        const path = ['connectors', index, 'writeBack'];
        if (!isSet(rules.options))
          context.addIssue({ code: 'custom', path, message: `${feature} needs rules.options.${option}` });
      }
  });
export type AdjoinConfig = z.infer<typeof adjoinConfig>;
