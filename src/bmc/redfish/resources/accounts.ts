import type { JsonObject } from "../../../untrusted-json.ts";
import { collection } from "./collection.ts";
import { ACCOUNT_SERVICE, ACCOUNTS, accountUri, link, ROLES, roleUri } from "./uris.ts";

/** The roles that every service has, and their privileges (DSP0266, "Roles"). */
const PRIVILEGES = {
  Administrator: ["Login", "ConfigureManager", "ConfigureUsers", "ConfigureSelf", "ConfigureComponents"],
  Operator: ["Login", "ConfigureComponents", "ConfigureSelf"],
  ReadOnly: ["Login", "ConfigureSelf"],
} as const;

/** The only user may do everything. */
const ROLE: keyof typeof PRIVILEGES = "Administrator";

/**
 * Returns the account service, its only account and the roles, by their paths. All are read-only: the configuration has
 * user and password.
 */
export function accountResources(user: string): readonly (readonly [string, JsonObject])[] {
  const roles = Object.entries(PRIVILEGES);
  const roleUris = roles.map(([name]) => roleUri(name));
  return [
    [ACCOUNT_SERVICE, accountService()],
    [ACCOUNTS, collection("ManagerAccount", ACCOUNTS, "Accounts", [accountUri(user)])],
    [accountUri(user), account(user)],
    [ROLES, collection("Role", ROLES, "Roles", roleUris)],
    ...roles.map(([name, privileges]) => [roleUri(name), role(name, privileges)] as const),
  ];
}

/** The account service (schema AccountService 1.8). */
function accountService(): JsonObject {
  return {
    "@odata.id": ACCOUNT_SERVICE,
    "@odata.type": "#AccountService.v1_8_0.AccountService",
    Id: "AccountService",
    Name: "Account service",
    ServiceEnabled: true,
    Accounts: link(ACCOUNTS),
    Roles: link(ROLES),
  };
}

/** The BMC's user (schema ManagerAccount 1.8), without its password. */
function account(user: string): JsonObject {
  return {
    "@odata.id": accountUri(user),
    "@odata.type": "#ManagerAccount.v1_8_0.ManagerAccount",
    Id: user,
    Name: "User",
    UserName: user,
    Password: null,
    AccountTypes: ["Redfish", "IPMI"],
    Enabled: true,
    Locked: false,
    RoleId: ROLE,
    Links: { Role: link(roleUri(ROLE)) },
  };
}

/** A role (schema Role 1.3). */
function role(name: string, privileges: readonly string[]): JsonObject {
  return {
    "@odata.id": roleUri(name),
    "@odata.type": "#Role.v1_3_0.Role",
    Id: name,
    Name: name,
    RoleId: name,
    IsPredefined: true,
    AssignedPrivileges: privileges,
  };
}
