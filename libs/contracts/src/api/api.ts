import { csDetail, csPage, csSearchQuery } from './connector-space.js';
import { deletionHoldDetail, deletionHolds, exportDetail, exportPage, exportsQuery } from './exports.js';
import { explainQuery, explanation, preview, previewQuery, syncObject } from './explain.js';
import { mvDetail, mvPage, mvSearchQuery } from './metaverse.js';
import { get, post, put } from './route.js';
import { passwordStatus, passwordUser, resyncPasswords } from './passwords.js';
import { command, currentRules, ruleFiles, ruleValidation } from './rules.js';
import { listRunsQuery, runDetail, runPage, startRun } from './runs.js';
import { connectorList, putSetting, setting, settingList } from './settings.js';
import { statusAnswer } from './status.js';

/**
 * Every operation of the control-plane's REST API. `:object` and `:id` of an object accept DN, objectGUID, userPrincipalName,
 * source anchor or internal id, percent-encoded. Fields of answers are only ever added.
 */
export const API = {
  status: get('status', 'State of processes, connectors, gates and holds', { answer: statusAnswer }),
  connectors: get('connectors', 'Connectors as configured', { answer: connectorList }),
  runs: get('runs', 'Runs, newest first', { query: listRunsQuery, answer: runPage }),
  startRun: post('runs', 'Request a run', { body: startRun, answer: runDetail, status: 202 }),
  run: get('runs/:id', 'One run with its steps', { answer: runDetail }),
  csSearch: get('connectors/:connector/objects', 'Search a connector space', { query: csSearchQuery, answer: csPage }),
  csShow: get('connectors/:connector/objects/:object', 'One connector-space object', { answer: csDetail }),
  mvSearch: get('metaverse', 'Search the metaverse', { query: mvSearchQuery, answer: mvPage }),
  mvShow: get('metaverse/:object', 'One metaverse object with contributors and links', { answer: mvDetail }),
  exports: get('targets/:target/exports', 'Pending exports of a target', { query: exportsQuery, answer: exportPage }),
  exportShow: get('exports/:object', 'One pending export', { answer: exportDetail }),
  explain: get('explain', 'Why an object is what it is: rules, joins, contributors, sub-expressions, export', {
    query: explainQuery,
    answer: explanation,
  }),
  preview: get('preview', 'What synchronization would do with one object, without doing it', {
    query: previewQuery,
    answer: preview,
  }),
  syncObject: post('preview/commit', 'Synchronize one object now', { body: syncObject, answer: command, status: 202 }),
  deletions: get('deletions', 'Deletion holds', { answer: deletionHolds }),
  approveDeletions: post('deletions/:id/approve', 'Approve the frozen list of a hold', { answer: deletionHoldDetail }),
  discardDeletions: post('deletions/:id/discard', 'Drop a hold without deleting', { answer: deletionHoldDetail }),
  settings: get('settings', 'All settings', { answer: settingList }),
  setting: get('settings/:key', 'One setting', { answer: setting }),
  putSetting: put('settings/:key', 'Change a setting', { body: putSetting, answer: setting }),
  rules: get('rules', 'The active rule set', { answer: currentRules }),
  validateRules: post('rules/validate', 'Check rule files', { body: ruleFiles, answer: ruleValidation }),
  planRules: post('rules/plan', 'Ask what rule files would change', { body: ruleFiles, answer: command, status: 202 }),
  applyRules: post('rules/apply', 'Make rule files the active rule set', {
    body: ruleFiles,
    answer: command,
    status: 202,
  }),
  passwords: get('passwords', 'Password hash synchronization of the forests', { answer: passwordStatus }),
  passwordUser: get('passwords/:object', 'Password of one user, with every condition for sending it', {
    answer: passwordUser,
  }),
  resyncPasswords: post('passwords/resync', 'Send passwords anew: of a user, a container or a forest', {
    body: resyncPasswords,
    answer: command,
    status: 202,
  }),
  command: get('commands/:id', 'State of a request to the engine', { answer: command }),
} as const;
export type ApiOperation = keyof typeof API;
