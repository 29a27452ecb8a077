import { describeDirectoryTarget } from '../testing/directory-target.contract.js';
import { aGraphTarget, aSyncServiceTarget } from '../testing/targets.js';

describeDirectoryTarget('graph', () => aGraphTarget());
describeDirectoryTarget('sync-service', () => aSyncServiceTarget());
