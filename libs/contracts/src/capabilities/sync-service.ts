/** How a value of the Entra connector space travels over the sync service. Plural kinds hold several values. */
export const SYNC_VALUE_KINDS = [
  'boolean',
  'number',
  'binary',
  'binaries',
  'reference',
  'references',
  'string',
  'strings',
] as const;
export type SyncValueKind = (typeof SYNC_VALUE_KINDS)[number];
export type SyncServiceObjectType = 'user' | 'group' | 'contact' | 'device';

/** Names by object type and kind; `x1-15` stands for x1 to x15. */
const NAMES: Readonly<Record<SyncServiceObjectType, Readonly<Partial<Record<SyncValueKind, string>>>>> = {
  user: {
    boolean: `accountEnabled cloudMastered msExchBypassAudit msExchEnableModeration msExchHideFromAddressLists msExchMailboxAuditEnable msExchRequireAuthToSendTo msRtcSipUserEnabled`,
    number: `cloudMSExchArchiveStatus cloudMSExchRecipientDisplayType countryCode msDsHabSeniorityIndex msExchAuditAdmin msExchAuditDelegate msExchAuditDelegateAdmin msExchAuditOwner msExchElcMailboxFlags msExchMailboxAuditLogAgeLimit msExchModerationFlags msExchRecipientDisplayType msExchRecipientTypeDetails msExchRemoteRecipientType msExchResourceCapacity msRtcSipApplicationOptions msRtcSipOptionFlags`,
    binary: `cloudMSExchBlockedSendersHash cloudMSExchSafeRecipientsHash cloudMSExchSafeSendersHash msExchArchiveGuid msExchBlockedSendersHash msExchMailboxGuid msExchSafeRecipientsHash msExchSafeSendersHash onPremiseSecurityIdentifier thumbnailPhoto`,
    binaries: `searchableDeviceKey userCertificate userSMIMECertificate`,
    reference: `altRecipient assistant manager`,
    references: `authOrig cloudMSExchDelegateListLink cloudMSExchTeamMailboxOwners cloudPublicDelegates dLMemRejectPerms dLMemSubmitPerms msExchDelegateListLink msExchModeratedByLink msExchTeamMailboxOwners msExchTeamMailboxSharePointLinkedBy publicDelegates unauthOrig`,
    string: `alias city cloudLegacyExchangeDN cloudMSExchTeamMailboxExpiration cloudMSExchTeamMailboxSharePointUrl comment commonName company country countryLetterCode department description displayName division dnsDomainName employeeHireDate employeeId employeeLeaveDateTime employeeNumber employeeOrgDataCostCenter employeeOrgDataDivision employeeType extensionAttribute1-15 facsimileTelephoneNumber generationQualifier givenName homePhone info initials ipPhone lastPasswordChangeTimestamp legacyExchangeDN mail middleName mobile msDS-cloudExtensionAttribute1-20 msDsPhoneticDisplayName msExchAssistantName msExchElcExpirySuspensionEnd msExchElcExpirySuspensionStart msExchImmutableId msExchLitigationHoldDate msExchLitigationHoldOwner msExchResourceDisplay msExchRetentionComment msExchRetentionUrl msExchTeamMailboxExpiration msExchTeamMailboxSharePointUrl msRtcSipDeploymentLocator msRtcSipLine msRtcSipOwnerUrn msRtcSipPrimaryUserAddress netBiosName onPremisesDistinguishedName onPremisesObjectIdentifier onPremisesSamAccountName onPremisesUserPrincipalName pager personalTitle physicalDeliveryOfficeName postalCode postOfficeBox preferredDataLocation preferredLanguage sourceAnchor state streetAddress surname targetAddress telephoneAssistant telephoneNumber title url usageLocation userPrincipalName userType wWWHomePage`,
    strings: `cloudMSExchUCVoiceMailSettings cloudMSExchUserHoldPolicies msExchArchiveName msExchExtensionCustomAttribute1-5 msExchResourceMetadata msExchResourceSearchProperties msExchSenderHintTranslations msExchUserHoldPolicies otherFacsimileTelephoneNumber otherHomePhone otherIpPhone otherMobile otherPager otherTelephone proxyAddresses`,
  },
  group: {
    boolean: `cloudMastered hideDLMembership msExchEnableModeration msExchHideFromAddressLists msExchRequireAuthToSendTo msOrgIsOrganizational oOFReplyToOriginator reportToOriginator reportToOwner securityEnabled`,
    number: `msDsHabSeniorityIndex msExchModerationFlags msExchRecipientDisplayType msExchRecipientTypeDetails`,
    binary: `onPremiseSecurityIdentifier`,
    reference: `managedBy`,
    references: `authOrig cloudPublicDelegates dLMemRejectPerms dLMemSubmitPerms member msExchBypassModerationLink msExchCoManagedByLink msExchModeratedByLink publicDelegates unauthOrig`,
    string: `alias cloudLegacyExchangeDN commonName description displayName dnsDomainName extensionAttribute1-15 info legacyExchangeDN mail msDsPhoneticDisplayName msExchLitigationHoldDate msExchLitigationHoldOwner msExchRetentionComment msExchRetentionUrl netBiosName onPremisesSamAccountName preferredDataLocation sourceAnchor`,
    strings: `msExchExtensionCustomAttribute1-5 msExchSenderHintTranslations proxyAddresses`,
  },
  contact: {
    boolean: `cloudMastered msExchHideFromAddressLists msExchRequireAuthToSendTo`,
    number: `countryCode msDsHabSeniorityIndex msExchModerationFlags msExchRecipientDisplayType msExchRecipientTypeDetails`,
    binary: `msExchBlockedSendersHash msExchSafeRecipientsHash msExchSafeSendersHash thumbnailPhoto`,
    binaries: `userCertificate userSMIMECertificate`,
    reference: `assistant manager`,
    references: `authOrig cloudPublicDelegates dLMemRejectPerms dLMemSubmitPerms msExchModeratedByLink publicDelegates unauthOrig`,
    string: `alias city cloudLegacyExchangeDN commonName company country countryLetterCode department description displayName extensionAttribute1-15 facsimileTelephoneNumber givenName homePhone info initials ipPhone legacyExchangeDN mail middleName mobile msDsPhoneticDisplayName msExchAssistantName msExchLitigationHoldDate msExchLitigationHoldOwner msExchRetentionComment msExchRetentionUrl pager physicalDeliveryOfficeName postalCode postOfficeBox sourceAnchor state streetAddress surname targetAddress telephoneAssistant telephoneNumber title url wWWHomePage`,
    strings: `msExchExtensionCustomAttribute1-5 msExchSenderHintTranslations otherFacsimileTelephoneNumber otherHomePhone otherIpPhone otherMobile otherPager otherTelephone proxyAddresses`,
  },
  device: {
    boolean: `accountEnabled cloudCreated cloudMastered isCompliant isManaged`,
    binary: `deviceId onPremiseSecurityIdentifier registeredOwnerReference`,
    binaries: `deviceKey userCertificate`,
    references: `registeredUsersReference`,
    string: `deviceOSType deviceOSVersion deviceTrustType dirSyncOverrides displayName sourceAnchor`,
    strings: `alternativeSecurityId`,
  },
};

const RANGE = /^(.*?)1-(\d+)$/;
function namesOf(text: string): readonly string[] {
  return text.split(/\s+/).flatMap((word) => {
    const [, base = word, last] = RANGE.exec(word) ?? [];
    return last === undefined ? [word] : Array.from({ length: Number(last) }, (_, index) => `${base}${index + 1}`);
  });
}

const kindsOf = (type: SyncServiceObjectType): ReadonlyMap<string, SyncValueKind> =>
  new Map(
    SYNC_VALUE_KINDS.flatMap((kind) =>
      (NAMES[type][kind] === undefined ? [] : namesOf(NAMES[type][kind])).map((name) => [name, kind] as const),
    ),
  );

/**
 * Attributes of the Entra connector space that the sync-service channel carries, with their kind: all of them (engine/attributes.md, section
 * "Name mapping"; rules/schema/entra.yaml is the same list for rules). Directory extensions (`extension_*`) are carried beside these.
 */
export const SYNC_SERVICE_ATTRIBUTES: Readonly<Record<SyncServiceObjectType, ReadonlyMap<string, SyncValueKind>>> = {
  user: kindsOf('user'),
  group: kindsOf('group'),
  contact: kindsOf('contact'),
  device: kindsOf('device'),
};

/** The service computes these; they come with a read-back and are never sent. */
export const SYNC_SERVICE_READ_ONLY: ReadonlySet<string> = new Set(
  namesOf(
    `cloudCreated cloudLegacyExchangeDN cloudMSExchArchiveStatus cloudMSExchBlockedSendersHash cloudMSExchDelegateListLink
    cloudMSExchRecipientDisplayType cloudMSExchSafeRecipientsHash cloudMSExchSafeSendersHash
    cloudMSExchTeamMailboxExpiration cloudMSExchTeamMailboxOwners cloudMSExchTeamMailboxSharePointUrl
    cloudMSExchUCVoiceMailSettings cloudMSExchUserHoldPolicies cloudMastered cloudPublicDelegates isCompliant isManaged`,
  ),
);
