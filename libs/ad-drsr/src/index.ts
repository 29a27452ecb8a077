export type { Authenticator, SecurityContext } from './dcerpc/authenticator.js';
export type { CrackedName, NameFormat } from './drsuapi/crack-names.js';
export type { DomainController } from './drsuapi/domain-controller-info.js';
export { connectDrs, type ConnectDrsOptions, type DrsLogin, type DrsTimeouts } from './session/connect-drs.js';
export type { Delivery } from './session/deliver-objects.js';
export { fileTimeToDate } from './session/directory-time.js';
export {
  type DrsSession,
  type ReplicateObjectOptions,
  type ReplicateOptions,
  type SingleObject,
} from './session/drs-session.js';
export type { HashTransform, PasswordOutcome } from './session/password-reader.js';
export {
  consistencyGuidText,
  isUserAccount,
  OBJECT_CLASS_OIDS,
  type ReplicatedObject,
} from './session/replicated-object.js';
export type { Watermark } from './session/watermark.js';
export type { ByteChannel, OpenChannel } from './transport/byte-channel.js';
