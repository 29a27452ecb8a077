import type { Tenant } from '../graph/tenant.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { TokenError } from '../token/token-error.js';
import { passwordMatches } from './credential.js';

/**
 * Sign-in with user name and password against the synchronized credential (resource owner password grant).
 * @throws TokenError with the AADSTS number of the service: 50034 unknown user, 50057 disabled, 50126 wrong password, 50055 must be changed.
 */
export function signIn(tenant: Tenant, userName: string, password: string): DirectoryObject {
  const [id] = tenant.directory.index.find('user', 'userPrincipalName', userName);
  const user = id === undefined ? undefined : tenant.directory.visible(id);
  if (user === undefined) throw refused(50_034, `The user account ${userName} does not exist in the directory.`);
  const credential = tenant.sync.credentials.get(user.id);
  if (credential === undefined || !passwordMatches(password, credential))
    throw refused(50_126, 'Error validating credentials due to invalid username or password.');
  // As the service does: who does not know the password learns nothing about the state of the account.
  if (user.properties['accountEnabled'] === false) throw refused(50_057, 'The user account is disabled.');
  if (credential.mustChange) throw refused(50_055, 'The password is expired.');
  return user;
}

const refused = (number: number, message: string): TokenError => new TokenError(400, 'invalid_grant', number, message);
