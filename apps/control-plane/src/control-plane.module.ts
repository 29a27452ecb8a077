import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { AuditStore } from './audit/audit.store.js';
import { CommandsController } from './commands/commands.controller.js';
import { CommandsStore } from './commands/commands.store.js';
import { ConnectorSpaceController } from './connector-space/connector-space.controller.js';
import { ConnectorSpaceStore } from './connector-space/connector-space.store.js';
import { ConfiguredConnectors } from './connectors/configured-connectors.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { DeletionsController } from './deletions/deletions.controller.js';
import { DeletionsStore } from './deletions/deletions.store.js';
import { ExportsController } from './exports/exports.controller.js';
import { ExportsService } from './exports/exports.service.js';
import { ActivePlan } from './explain/active-plan.js';
import { Decider } from './explain/decider.js';
import { ExplainController } from './explain/explain.controller.js';
import { ExplainService } from './explain/explain.service.js';
import { NamedSubjects } from './explain/named-subjects.js';
import { PreviewService } from './explain/preview.service.js';
import { OpenApiController } from './http/openapi.controller.js';
import { MetaverseController } from './metaverse/metaverse.controller.js';
import { MetaverseStore } from './metaverse/metaverse.store.js';
import { MetaverseView } from './metaverse/metaverse-view.js';
import { ObjectNames } from './naming/object-names.js';
import { CLOCK, CONFIG, MONGO, PROCESSES, type ControlPlanePorts } from './ports.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { RuleNames } from './rules/rule-names.js';
import { RulesController } from './rules/rules.controller.js';
import { RULE_VALIDATOR, RulesService, type RuleValidator } from './rules/rules.service.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsService } from './runs/runs.service.js';
import { RunsStore } from './runs/runs.store.js';
import { SettingsController } from './settings/settings.controller.js';
import { SettingsStore } from './settings/settings.store.js';
import { StatusPageController } from './status-page/status-page.controller.js';
import { HeldValuesStore } from './held-values/held-values.store.js';
import { EngineStateStore } from './status/engine-state.store.js';
import { StatusController } from './status/status.controller.js';
import { StatusEvents } from './status/status-events.js';
import { StatusService } from './status/status.service.js';

@Module({})
class ControlPlaneModule {}

const services: readonly Type[] = [
  ActivePlan,
  AuditStore,
  CommandsStore,
  ConfiguredConnectors,
  ConnectorSpaceStore,
  Decider,
  DeletionsStore,
  EngineStateStore,
  HeldValuesStore,
  ExplainService,
  ExportsService,
  MetaverseStore,
  MetaverseView,
  ObjectNames,
  NamedSubjects,
  PasswordsService,
  PreviewService,
  RuleNames,
  RulesService,
  RunsService,
  RunsStore,
  SettingsStore,
  StatusEvents,
  StatusService,
];
/** Every controller; the operations they serve are those of the API table, which a test checks. */
export const controllers: readonly Type[] = [
  CommandsController,
  ConnectorsController,
  ConnectorSpaceController,
  DeletionsController,
  ExplainController,
  ExportsController,
  MetaverseController,
  OpenApiController,
  PasswordsController,
  RulesController,
  RunsController,
  SettingsController,
  StatusController,
  StatusPageController,
];

/** The control-plane as a Nest module over what the process got from outside. */
export function controlPlaneModule(ports: ControlPlanePorts, validator: RuleValidator): DynamicModule {
  const given: Provider[] = [
    { provide: MONGO, useValue: ports.mongo },
    { provide: CONFIG, useValue: ports.config },
    { provide: CLOCK, useValue: ports.clock },
    { provide: PROCESSES, useValue: ports.processes },
    { provide: RULE_VALIDATOR, useValue: validator },
  ];
  return { module: ControlPlaneModule, controllers: [...controllers], providers: [...given, ...services] };
}
