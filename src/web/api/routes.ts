import { captureRoutes } from "./capture-routes.ts";
import { checkRoutes } from "./check-routes.ts";
import { fabricRoutes } from "./fabric-routes.ts";
import { faultRoutes } from "./fault-routes.ts";
import { nodeRoutes } from "./node-routes.ts";
import { powerRoutes } from "./power-routes.ts";
import type { Route } from "./route.ts";
import { sessionRoutes } from "./session-routes.ts";
import { vmRoutes } from "./vm-routes.ts";

/** Returns all routes of one server. */
export function apiRoutes(): readonly Route[] {
  return [
    ...sessionRoutes,
    ...fabricRoutes,
    ...faultRoutes,
    ...nodeRoutes,
    ...vmRoutes,
    ...powerRoutes,
    ...captureRoutes(),
    ...checkRoutes(),
  ];
}
