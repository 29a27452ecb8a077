export { deriveCredential } from './transform/derive-credential.js';
export { PasswordCredential } from './transform/password-credential.js';
