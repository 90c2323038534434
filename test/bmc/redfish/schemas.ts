/** What DMTF's schemas (DSP8010) say of the resources, as far as it matters here. */
interface Schema {
  /** Of these every resource must have all. */
  readonly required: readonly string[];
  /** A resource may have no others. */
  readonly optional: readonly string[];
}

const RESOURCE = ["@odata.id", "@odata.type", "Id", "Name"];
const COLLECTION: Schema = {
  required: ["@odata.id", "@odata.type", "Name", "Members", "Members@odata.count"],
  optional: [],
};

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  "#ServiceRoot.v1_9_0.ServiceRoot": {
    required: [...RESOURCE, "Links"],
    optional: [
      ...["Product", "RedfishVersion", "ProtocolFeaturesSupported", "UUID", "Vendor"],
      ...["Systems", "Chassis", "Managers", "SessionService", "AccountService"],
    ],
  },
  "#SessionService.v1_1_0.SessionService": {
    required: RESOURCE,
    optional: ["ServiceEnabled", "SessionTimeout", "Sessions", "Status", "Actions"],
  },
  "#SessionCollection.SessionCollection": COLLECTION,
  "#Session.v1_2_0.Session": {
    required: RESOURCE,
    optional: ["UserName", "Password", "SessionType", "OemSessionType", "Actions"],
  },
  "#AccountService.v1_8_0.AccountService": {
    required: RESOURCE,
    optional: ["ServiceEnabled", "Accounts", "Roles", "MinPasswordLength", "MaxPasswordLength", "Status"],
  },
  "#ManagerAccountCollection.ManagerAccountCollection": COLLECTION,
  "#ManagerAccount.v1_8_0.ManagerAccount": {
    required: [...RESOURCE, "AccountTypes"],
    optional: ["UserName", "Password", "Enabled", "Locked", "RoleId", "Links"],
  },
  "#RoleCollection.RoleCollection": COLLECTION,
  "#Role.v1_3_0.Role": {
    required: RESOURCE,
    optional: ["RoleId", "IsPredefined", "AssignedPrivileges", "OemPrivileges"],
  },
  "#ComputerSystemCollection.ComputerSystemCollection": COLLECTION,
  "#ComputerSystem.v1_13_0.ComputerSystem": {
    required: RESOURCE,
    optional: [
      ...["SystemType", "Manufacturer", "Model", "SerialNumber", "UUID", "HostName", "Status", "PowerState"],
      ...[
        "Boot",
        "ProcessorSummary",
        "MemorySummary",
        "EthernetInterfaces",
        "VirtualMedia",
        "Links",
        "Actions",
      ],
    ],
  },
  "#EthernetInterfaceCollection.EthernetInterfaceCollection": COLLECTION,
  "#EthernetInterface.v1_6_0.EthernetInterface": {
    required: RESOURCE,
    optional: ["MACAddress", "PermanentMACAddress", "MTUSize", "LinkStatus", "InterfaceEnabled", "Status"],
  },
  "#ChassisCollection.ChassisCollection": COLLECTION,
  "#Chassis.v1_14_0.Chassis": {
    required: [...RESOURCE, "ChassisType"],
    optional: ["Manufacturer", "Model", "SerialNumber", "PowerState", "Status", "Links"],
  },
  "#ManagerCollection.ManagerCollection": COLLECTION,
  "#Manager.v1_9_0.Manager": {
    required: RESOURCE,
    optional: ["ManagerType", "PowerState", "Status", "VirtualMedia", "Links", "Actions", "UUID"],
  },
  "#VirtualMediaCollection.VirtualMediaCollection": COLLECTION,
  "#VirtualMedia.v1_3_0.VirtualMedia": {
    required: RESOURCE,
    optional: ["MediaTypes", "Image", "ImageName", "Inserted", "ConnectedVia", "WriteProtected", "Actions"],
  },
};

/** Values of properties, wherever they stand. */
export const VALUES: Readonly<Record<string, RegExp>> = {
  BootSourceOverrideEnabled: /^(Disabled|Once|Continuous)$/,
  BootSourceOverrideMode: /^(Legacy|UEFI)$/,
  BootSourceOverrideTarget: /^(None|Pxe|Hdd|Cd)$/,
  ChassisType: /^RackMount$/,
  ConnectedVia: /^(NotConnected|URI)$/,
  Health: /^OK$/,
  MACAddress: /^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/,
  ManagerType: /^BMC$/,
  PowerState: /^(On|Off)$/,
  RoleId: /^(Administrator|Operator|ReadOnly)$/,
  RedfishVersion: /^\d+\.\d+\.\d+$/,
  State: /^(Enabled|StandbyOffline)$/,
  SystemType: /^Virtual$/,
  UUID: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};
