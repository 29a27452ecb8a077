export interface ErrorCodeInfo {
  /** Why it happens. */
  readonly cause: string;
  /** What the administrator does; shown behind the message. */
  readonly hint: string;
  readonly retry: 'never' | 'later' | 'now';
}
const code = (cause: string, hint: string, retry: ErrorCodeInfo['retry'] = 'never'): ErrorCodeInfo => ({
  cause,
  hint,
  retry,
});

/** Every error code: `ADJ-<area>-<number>`. docs/error-codes.md is generated from this table. */
export const ERROR_CODES = {
  'ADJ-GEN-0001': code(
    'An unexpected failure.',
    'See the log line with the same code; report it if it comes back.',
    'later',
  ),
  'ADJ-CFG-0001': code(
    'Configuration cannot be read or is invalid.',
    'Correct the listed keys; all problems are listed at once.',
  ),
  'ADJ-CFG-0002': code(
    'A secret is missing or its file cannot be read.',
    'Put the secret into the named file, readable by this process only.',
  ),
  'ADJ-CFG-0003': code('A port is in use.', 'Stop the other process or set another port.'),
  'ADJ-KFK-0001': code(
    'Kafka cannot be reached.',
    'Start Kafka or correct the broker list; work resumes by itself.',
    'later',
  ),
  'ADJ-KFK-0002': code(
    'A stored offset is older than what Kafka still has.',
    'Run a full import of the connector.',
    'never',
  ),
  'ADJ-KFK-0003': code(
    'A message cannot be read (poison message).',
    'It was put into the dead-letter topic; the object will be read again.',
    'never',
  ),
  'ADJ-MDB-0001': code(
    'MongoDB cannot be reached.',
    'Start MongoDB or correct the address; work resumes by itself.',
    'later',
  ),
  'ADJ-MDB-0002': code(
    'MongoDB is not a replica set.',
    'Transactions need a replica set; one node is enough (--replSet).',
  ),
  'ADJ-IMP-1001': code(
    'The domain controller cannot be reached.',
    'Check host, port 636 and firewall; the importer tries again by itself.',
    'later',
  ),
  'ADJ-IMP-1002': code(
    'The domain controller refused the credentials.',
    'Check account and password of the connector.',
    'later',
  ),
  'ADJ-IMP-1003': code(
    'The certificate of the domain controller is not trusted or names another server.',
    'Give the CA file (tls.caFile) or the right tls.serverName.',
    'later',
  ),
  'ADJ-IMP-1004': code(
    'The account lacks the right Replicating Directory Changes.',
    'Grant it on the domain: dsacls "<domain DN>" /G "<account>:CA;Replicating Directory Changes".',
    'later',
  ),
  'ADJ-IMP-1005': code(
    'The host name of the domain controller cannot be resolved.',
    'Correct the server name or DNS.',
    'later',
  ),
  'ADJ-IMP-1006': code(
    'The domain controller demands an encrypted connection.',
    'Use an ldaps:// URL, or ldap:// with startTls: true.',
    'later',
  ),
  'ADJ-IMP-1007': code(
    'The account cannot see deleted objects.',
    'Deletions are found by comparison, later than other changes. Grant List Contents and Read Property on "CN=Deleted Objects,<domain DN>" to the account.',
    'later',
  ),
  'ADJ-IMP-1010': code(
    'The read ended early; nothing is inferred from what is missing.',
    'The run is repeated by itself.',
    'later',
  ),
  'ADJ-IMP-1011': code(
    'The DirSync cookie was refused or the DC was replaced.',
    'A full import follows by itself; nothing is deleted because of it.',
    'now',
  ),
  'ADJ-IMP-1012': code(
    'A full read returned far fewer objects than before.',
    'Nothing is deleted. Check scope and rights of the account, then run a full import.',
    'later',
  ),
  'ADJ-IMP-1013': code(
    'A configured domain or container does not exist.',
    'Correct the scope of the connector.',
    'later',
  ),
  'ADJ-IMP-1014': code(
    'A container of the scope was renamed or moved.',
    'Its objects are kept and held. Correct the scope in the configuration.',
    'later',
  ),
  'ADJ-IMP-1020': code(
    'One object cannot be read or decoded.',
    'The object is skipped and listed; the others go on.',
    'later',
  ),
  'ADJ-ENG-2001': code('A rule set is invalid.', 'Correct the listed places in the rule files.'),
  'ADJ-ENG-2002': code(
    'A rule failed for one object.',
    'Correct the rule or the data; the object is tried again.',
    'later',
  ),
  'ADJ-ENG-2003': code('Another engine changed the same objects.', 'The chunk is decided again by itself.', 'now'),
  'ADJ-ENG-2004': code(
    'A sequence gap: messages of a run are missing.',
    'The run counts as failed; run a full import of the connector.',
    'later',
  ),
  'ADJ-ENG-2010': code(
    'Exports wait for the baseline: a connector has no complete full import yet.',
    'Wait for, or start, the full import named in status.',
    'later',
  ),
  'ADJ-ENG-2011': code(
    'Deletions are held: the deletion threshold is exceeded.',
    'Look at `adjoin deletions list`, then approve or discard.',
    'never',
  ),
  'ADJ-EXP-3001': code(
    'Microsoft Graph cannot be reached.',
    'Check network and proxy; the exporter tries again by itself.',
    'later',
  ),
  'ADJ-EXP-3002': code(
    'The token endpoint refused the application.',
    'Check tenant id, client id and secret or certificate.',
    'later',
  ),
  'ADJ-EXP-3003': code(
    'The application lacks a permission.',
    'Grant the named application permission and admin consent.',
    'later',
  ),
  'ADJ-EXP-3004': code(
    'The certificate of the server is not trusted.',
    'Give the CA file of the proxy or server.',
    'later',
  ),
  'ADJ-EXP-3005': code('Throttled by the service.', 'Nothing to do; the exporter waits as told.', 'later'),
  'ADJ-EXP-3006': code(
    'The service refused the object.',
    'Correct the named value in Active Directory or the rule.',
    'later',
  ),
  'ADJ-EXP-3007': code(
    'A value that must be unique is used by another object (AttributeValueMustBeUnique).',
    'Change the value on one of the two objects.',
    'later',
  ),
  'ADJ-EXP-3008': code(
    'The target cannot hold this object or attribute.',
    'Nothing to do; it is recorded once as unsupported.',
    'never',
  ),
  'ADJ-EXP-3009': code(
    'The delta token expired.',
    'A full import follows by itself; nothing is deleted because of it.',
    'now',
  ),
  'ADJ-EXP-3010': code(
    'The object exists but belongs to another source.',
    'Remove the conflict in the tenant or change the match rule.',
    'later',
  ),
  'ADJ-EXP-3011': code(
    'An object of the tenant has this source anchor and must not be taken over (InvalidHardMatch).',
    'Clear onPremisesImmutableId of the cloud object, or allow the take-over (matching.hardMatch of the connector).',
    'later',
  ),
  'ADJ-EXP-3012': code(
    'A user of the tenant has the same name or primary address and must not be taken over (InvalidSoftMatch).',
    'Give one of the two another value, or allow the take-over (matching.softMatch of the connector).',
    'later',
  ),
  'ADJ-EXP-3013': code(
    'The primary address belongs to an object of another type (ObjectTypeMismatch).',
    'Change the address of one of the two objects.',
    'later',
  ),
  'ADJ-EXP-3014': code(
    'The matching user of the tenant holds an administrator role (ExistingAdminRoleConflict).',
    'Take the role from the user until the match is made, or change the name or address of one of the two.',
    'later',
  ),
  'ADJ-EXP-3015': code(
    'A value that must be unique is held back until the conflict is gone (QuarantinedAttributeValueMustBeUnique).',
    'Change the value on one of the two objects; the held back value is tried again every hour.',
    'later',
  ),
  'ADJ-EXP-3016': code(
    'A value is larger than the service takes (ExceededAllowedLength).',
    'Shorten the named value in Active Directory or in the rule; the object is not exported until then.',
    'later',
  ),
  'ADJ-EXP-3017': code(
    'The service does not take the user principal name (IdentityDataValidationFailed).',
    'Correct the name: letters, digits and .-_!#^~ before the @, a verified domain after it.',
    'later',
  ),
  'ADJ-EXP-3018': code(
    'An exported value is not what the tenant shows (exported-change-not-reimported).',
    'Find out who or what changes it in the tenant, or stop exporting it by a rule; it is sent again at growing distances.',
    'later',
  ),
  'ADJ-EXP-3101': code(
    'The sync service refuses this client build.',
    'Set syncService.clientBuild of the connector to a build the service accepts.',
    'later',
  ),
  'ADJ-EXP-3102': code(
    'An answer of the sync service is not of the expected form.',
    'Check what stands between here and the service (proxy); report it if the service itself answers so.',
    'later',
  ),
  'ADJ-EXP-3103': code(
    'The sync service refused the call.',
    'Read the reason of the service in the message; check that directory synchronization is on in the tenant.',
    'later',
  ),
  'ADJ-EXP-3104': code(
    'The sync service sends the call from one address to another without end, or to an address that is not trusted.',
    'Check syncService.endpoint of the connector.',
    'later',
  ),
  'ADJ-EXP-3201': code(
    'An attribute of Active Directory has another value already.',
    'Nothing is overwritten. Find out which program writes the attribute; clear it, or keep its value as the source anchor.',
    'later',
  ),
  'ADJ-EXP-3202': code(
    'The account may not write the attribute in Active Directory.',
    'Grant the right that the message names; `adjoin ad check --features <feature of writeBack>` prints the command.',
    'later',
  ),
  'ADJ-EXP-3203': code(
    'An export asks for something that is never written to Active Directory.',
    'Report it: only the attributes of the features in writeBack of the connector are written.',
    'never',
  ),
  'ADJ-EXP-3204': code(
    'The object to be written was not found in Active Directory.',
    'Nothing to do: when it is gone, the next import says so; else it is tried again.',
    'later',
  ),
  'ADJ-EXP-3205': code(
    'Active Directory refused a value.',
    'Read the reason of the domain controller in the message.',
    'later',
  ),
  'ADJ-EXP-3206': code(
    'The schema of the forest lacks an attribute that should be written.',
    'Everything else was written. Extend the schema for Exchange (setup of Exchange, /PrepareSchema) when these values are wanted.',
    'later',
  ),
  'ADJ-PHS-7001': code(
    'The domain controller cannot be reached over RPC.',
    'Check host and firewall: port 135 and the dynamic RPC ports; password hashes are read again by itself.',
    'later',
  ),
  'ADJ-PHS-7002': code(
    'The domain controller refused the credentials of the account that reads password hashes.',
    'Check domain, account and password of the hash account.',
    'later',
  ),
  'ADJ-PHS-7003': code(
    'The account may not replicate password hashes.',
    'Grant Replicating Directory Changes and Replicating Directory Changes All on the root of every domain.',
    'later',
  ),
  'ADJ-PHS-7004': code(
    'The domain controller refused the requested attributes or a parameter.',
    'Report it with the version of the domain controller; nothing was read.',
    'never',
  ),
  'ADJ-PHS-7005': code(
    'The domain controller did not answer in time.',
    'Nothing to do unless it comes back; then check the load of the domain controller.',
    'later',
  ),
  'ADJ-PHS-7006': code(
    'The connection to the domain controller was closed.',
    'Nothing to do; reading goes on from the last watermark.',
    'later',
  ),
  'ADJ-PHS-7007': code(
    'The domain controller sent data that cannot be read.',
    'Nothing was taken over; report it if it comes back.',
    'later',
  ),
  'ADJ-PHS-7008': code(
    'A reply was changed on its way, or its signature is wrong.',
    'Find out what changes the traffic to the domain controller; nothing was taken over.',
    'later',
  ),
  'ADJ-PHS-7009': code(
    'The domain controller answered in a version of the protocol that is not supported.',
    'Report it with the version of the domain controller; nothing was taken over.',
    'never',
  ),
  'ADJ-PHS-7010': code(
    'A replicated secret cannot be decrypted.',
    'The object is skipped and listed; it is read again later.',
    'later',
  ),
  'ADJ-PHS-7011': code(
    'The domain controller reported an error.',
    'Look up the Win32 error in the log of the domain controller.',
    'later',
  ),
  'ADJ-PHS-7012': code(
    'The naming context, domain or object does not exist on the domain controller.',
    'Correct the domain of the connector; an object may have been deleted.',
    'never',
  ),
  'ADJ-PHS-7013': code(
    'The server offers no directory replication over TCP.',
    'Name a domain controller, not another server.',
    'never',
  ),
  'ADJ-PHS-7014': code(
    'The domain controller refuses NTLMv2 with 128-bit encryption.',
    'Allow NTLM for the hash account on this domain controller.',
    'never',
  ),
  'ADJ-PHS-7101': code(
    'The password of an object was to go to a target that is not its own.',
    'Nothing was sent. Find out who wrote the record: the topic of password scopes, or the source anchor in the target, was tampered with.',
    'later',
  ),
  'ADJ-PHS-7102': code(
    'The target account holds a directory role, and passwords of privileged accounts are never synchronized.',
    'Nothing was sent. Use a cloud-only account for the role, or take the role from the account.',
    'later',
  ),
  'ADJ-PHS-7103': code(
    'The target account is not synchronized from this directory.',
    'Nothing was sent. The account is managed in the cloud; synchronize it over the sync service first.',
    'later',
  ),
  'ADJ-PHS-7104': code(
    'Microsoft Graph takes no password hashes.',
    'Set channel: sync-service on the Entra connector, or use another way of sign-in; docs/password-hash-sync.md says what it means.',
    'never',
  ),
  'ADJ-PHS-7105': code(
    'The target refused a credential.',
    'It is tried again; if it stays so, look up the code of the result in the documentation of the sync service.',
    'later',
  ),
  'ADJ-PHS-7106': code(
    'Password hash synchronization is not enabled in the tenant.',
    'Enable the feature in the tenant (adjoin password status shows when it is on).',
    'later',
  ),
  'ADJ-PHS-7107': code(
    'The source anchor of the rules cannot be recomputed from what replicates.',
    'Use objectGUID or ms-DS-ConsistencyGuid as source anchor: a password is sent only where the binding can be proven.',
    'never',
  ),
  'ADJ-API-4001': code('The control-plane cannot be reached.', 'Start it or set ADJOIN_URL.', 'later'),
  'ADJ-API-4002': code('Not authorized.', 'Give a token with the needed role in ADJOIN_TOKEN.'),
  'ADJ-API-4003': code('The request is invalid.', 'Correct the named fields.'),
  'ADJ-API-4004': code(
    'There is no such object.',
    'Check the name; DN, objectGUID, userPrincipalName, source anchor and internal id are accepted.',
  ),
  'ADJ-API-4005': code(
    'The search takes too long.',
    'Name a DN, an anchor or a join attribute such as userPrincipalName.',
  ),
  'ADJ-API-4006': code(
    'The request conflicts with the present state.',
    'Look at the current state, then decide again.',
  ),
  'ADJ-API-4007': code(
    'Control-plane does not offer this operation.',
    'Use the same version of the command line and of control-plane.',
  ),
  'ADJ-API-4008': code(
    'The engine has not answered in time.',
    'The request stays recorded; look at it later with the id shown.',
    'later',
  ),
  'ADJ-STK-5001': code('A program that the local stack needs is missing.', 'Install it as described.'),
  'ADJ-STK-5002': code('The local stack already runs.', 'Stop it first: npm run stack:down.'),
  'ADJ-STK-5003': code('A part of the local stack did not become ready.', 'See its last log lines.'),
  'ADJ-STK-5004': code('A download failed or its checksum differs.', 'Try again; nothing was installed.'),
  'ADJ-STK-5005': code('This platform is not supported by the local stack.', 'Use docker compose up.'),
  'ADJ-CLI-6001': code('The command is used wrongly.', 'See `adjoin help` and the help of the command.'),
  'ADJ-CLI-6002': code('The input cannot be read.', 'Correct the named place of the input.'),
  'ADJ-CLI-6003': code(
    'A part of Adjoin that the command needs is not built or not installed.',
    'Run `npm run build` in the repository.',
  ),
  'ADJ-CLI-6004': code('A file cannot be written.', 'Give another place, or correct the permissions.'),
} as const satisfies Record<string, ErrorCodeInfo>;
export type ErrorCode = keyof typeof ERROR_CODES;
