import type { Command } from 'commander';
import type { Session } from '../session.js';
import { addAdCheck } from './ad-check.js';
import { addAdProbe } from './ad-probe.js';
import { addAdScope } from './ad-scope.js';

/** `adjoin ad` */
export function addAd(program: Command, session: Session): void {
  const ad = program.command('ad').description('look at Active Directory as the importer sees it; nothing is changed');
  addAdCheck(ad, session);
  addAdProbe(ad, session);
  addAdScope(ad, session);
}
