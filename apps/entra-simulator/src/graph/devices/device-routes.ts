import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import { checkWrite } from '../../schema/check-write.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { checkUnique } from '../addresses.js';
import { bodyOf } from '../body.js';
import { denied, notFound } from '../graph-error.js';
import { countObjects, created, linkedList, readList, readObject } from '../reads.js';

const READ = ['Device.Read.All', 'Device.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const WRITE = ['Device.ReadWrite.All', 'Directory.ReadWrite.All'];

function deviceOf(call: Call): DirectoryObject {
  const id = call.param('id');
  const device = call.tenant.directory.visible(id.toLowerCase());
  if (device?.type !== 'device') throw notFound(id);
  return device;
}

/** The service creates devices for signed-in users only (section 3); a setting of the simulator lifts that. */
function create(call: Call): GraphReply {
  const { tenant } = call;
  if (!tenant.allowDeviceCreate) throw denied();
  const values = checkWrite(bodyOf(call.request), {
    type: 'device',
    operation: 'create',
    extensions: tenant.directory.extensions,
  });
  checkUnique(tenant, { type: 'device', id: undefined }, 'deviceId', values['deviceId']);
  const registrationDateTime = new Date(tenant.directory.now()).toISOString();
  const properties = { trustType: 'Workplace', ...values, registrationDateTime };
  return created(call, tenant.directory.create({ type: 'device', properties }));
}

function update(call: Call): GraphReply {
  const { directory } = call.tenant;
  const device = deviceOf(call);
  directory.update(
    device,
    checkWrite(bodyOf(call.request), {
      type: 'device',
      operation: 'update',
      extensions: directory.extensions,
      existing: device.properties,
    }),
  );
  return noContent;
}

function remove(call: Call): GraphReply {
  call.tenant.directory.remove(deviceOf(call));
  return noContent;
}

/** `/devices` (spec operations/graph-export.md section 3). */
export const deviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/devices',
    permissions: READ,
    cost: 2,
    handler: (call) => readList(call, 'device', 'devices'),
  },
  {
    method: 'GET',
    pattern: '/devices/$count',
    permissions: READ,
    cost: 1,
    handler: (call) => countObjects(call, 'device'),
  },
  { method: 'POST', pattern: '/devices', permissions: WRITE, cost: 1, handler: create },
  {
    method: 'GET',
    pattern: '/devices/{id}',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, deviceOf(call), 'devices'),
  },
  { method: 'PATCH', pattern: '/devices/{id}', permissions: WRITE, cost: 1, handler: update },
  { method: 'DELETE', pattern: '/devices/{id}', permissions: WRITE, cost: 1, handler: remove },
  {
    method: 'GET',
    pattern: '/devices/{id}/memberOf',
    permissions: READ,
    cost: 2,
    handler: (call) => linkedList(call, [...deviceOf(call).memberOf]),
  },
];
