import type { MachineFacts } from "../../model/control.ts";

/** Paths of a BMC's resources. */
export interface Uris {
  readonly system: string;
  readonly reset: string;
  readonly nics: string;
  readonly nic: (name: string) => string;
  readonly chassis: string;
  readonly manager: string;
  readonly media: string;
  readonly cd: string;
  readonly insert: string;
  readonly eject: string;
}

export const ROOT = "/redfish/v1/";
export const SESSION_SERVICE = `${ROOT}SessionService`;
export const SESSIONS = `${SESSION_SERVICE}/Sessions`;
export const ACCOUNT_SERVICE = `${ROOT}AccountService`;
export const ACCOUNTS = `${ACCOUNT_SERVICE}/Accounts`;
export const ROLES = `${ACCOUNT_SERVICE}/Roles`;
export const SYSTEMS = `${ROOT}Systems`;
export const CHASSIS = `${ROOT}Chassis`;
export const MANAGERS = `${ROOT}Managers`;

/** Each BMC is one service, so its manager needs no name of its own. */
export const MANAGER_ID = "BMC";
export const CD_ID = "Cd";

/** Returns the paths of a machine's resources. Those of them that it lacks are never linked. */
export function urisOf({ name }: Pick<MachineFacts, "name">): Uris {
  const system = `${SYSTEMS}/${encodeURIComponent(name)}`;
  const manager = `${MANAGERS}/${MANAGER_ID}`;
  const cd = `${manager}/VirtualMedia/${CD_ID}`;
  return {
    system,
    reset: `${system}/Actions/ComputerSystem.Reset`,
    nics: `${system}/EthernetInterfaces`,
    nic: (nic) => `${system}/EthernetInterfaces/${encodeURIComponent(nic)}`,
    chassis: `${CHASSIS}/${encodeURIComponent(name)}`,
    manager,
    media: `${manager}/VirtualMedia`,
    cd,
    insert: `${cd}/Actions/VirtualMedia.InsertMedia`,
    eject: `${cd}/Actions/VirtualMedia.EjectMedia`,
  };
}

export function sessionUri(id: string): string {
  return `${SESSIONS}/${id}`;
}

export function accountUri(user: string): string {
  return `${ACCOUNTS}/${encodeURIComponent(user)}`;
}

export function roleUri(name: string): string {
  return `${ROLES}/${name}`;
}

/** A reference to another resource. */
export function link(uri: string): { readonly "@odata.id": string } {
  return { "@odata.id": uri };
}
