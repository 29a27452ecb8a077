export { FAULT_KINDS, type Fault, type FaultKind } from './schedule/fault.js';
export { scheduleOf, type Schedule, type ScheduleOptions } from './schedule/schedule.js';
