export { errorCodesPage } from './error-codes.js';
