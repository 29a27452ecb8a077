import { deltaRoutes } from '../delta/delta-routes.js';
import type { Route } from '../http/route.js';
import { applicationRoutes } from './applications/application-routes.js';
import { extensionRoutes } from './applications/extension-routes.js';
import { contactRoutes } from './contacts/contact-routes.js';
import { deviceRoutes } from './devices/device-routes.js';
import { deletedItemRoutes } from './directory/deleted-items.js';
import { objectRoutes } from './directory/object-routes.js';
import { groupRoutes } from './groups/group-routes.js';
import { roleRoutes } from './roles/role-routes.js';
import { tenantRoutes } from './tenant-info/tenant-routes.js';
import { userLinkRoutes } from './users/user-links.js';
import { userRoutes } from './users/user-routes.js';

/** Every operation the simulator knows; `$batch` is not one of them, its items are. */
export const allRoutes: readonly Route[] = [
  ...deltaRoutes,
  ...userRoutes,
  ...userLinkRoutes,
  ...groupRoutes,
  ...deviceRoutes,
  ...contactRoutes,
  ...objectRoutes,
  ...deletedItemRoutes,
  ...applicationRoutes,
  ...extensionRoutes,
  ...roleRoutes,
  ...tenantRoutes,
];
