import type { StoredWarmBase } from "../backends/model/images.ts";
import type { SavedFabric } from "../backends/model/saved-fabrics.ts";
import type { InspectedSnapshot } from "../backends/model/snapshots.ts";
import type { FailoverReport } from "../bench/failover/failover.ts";
import type { CheckReport } from "../check/model/report.ts";
import type { ConfigRow } from "../config/show.ts";
import type { ConfigProblem } from "../errors.ts";
import type { HostEntry } from "../export/hosts/host-entries.ts";
import type { ExportFile } from "../export/model/file.ts";
import type { SocketNic } from "../export/plug/sockets.ts";
import type { PluggedNic, PositionNic } from "../fabric/positions.ts";
import type { DhcpReservation, Fabric, Node } from "../fabric/types.ts";
import type { LinkReport } from "../faults/format.ts";
import type { Finding } from "../host/findings/finding.ts";
import type { StartResult } from "../host/start.ts";
import type { StopResult } from "../host/stop.ts";
import type { HostsReport } from "../hosts/host-report.ts";
import type { Manifest } from "../image/store.ts";
import type { DistrustReport, TrustReport } from "../incus/trust.ts";
import type { KeptSwitches } from "../lab/down.ts";
import type { NetStatus } from "../lab/net.ts";
import type { UpPreview } from "../lab/preview-up.ts";
import type { RestoreReport } from "../lab/restore-snapshot.ts";
import type { SaveReport } from "../lab/save-snapshot.ts";
import type { EmulatorStatus } from "../lab/status.ts";
import type { Outcomes as NodeOutcomes } from "../lab/up.ts";
import type { LeasesReport } from "../leases/report.ts";
import type { PositionReport } from "../ports/report.ts";
import type { NodeFile } from "../render/types.ts";
import type { LimitsInForce } from "../system/cgroups/read-limits.ts";
import type { FabricEvent } from "../telemetry/events.ts";
import type { LinkRate } from "../traffic/rates.ts";
import type { HostUse } from "../vms/host-use.ts";
import type { VmReport } from "../vms/observe.ts";
import type { Profile } from "../vms/profile.ts";
import type { VmRecord } from "../vms/record.ts";
import type { FabricRow } from "./fabrics.ts";
import type { FailureKind } from "./failure.ts";

/** What a command has done with its lines in a file of the user's. */
type Installed = "install" | "remove";

/** Not exported: the schema has no names for generic types. */
type OfMember<Result> = Result & { readonly member: string };

/** The result of this host, or with HOSTS one for each member. */
type OfHosts<Result> = Result | { readonly members: readonly OfMember<Result>[] };

/**
 * The JSON documents that commands print with `--json`, by the words of their command. `etc/documents.schema.json` has
 * a JSON Schema of each, made from these types. Not among them are documents in a form of others: Ansible's inventory,
 * manifests for Kubernetes, JSON Schemas.
 */
export interface Documents {
  readonly up: { readonly outcomes: NodeOutcomes } & EmulatorStatus;
  readonly "up diff": UpPreview;
  readonly down: { readonly stopped: true; readonly kept: KeptSwitches | null };
  readonly status: EmulatorStatus;
  readonly ls: { readonly fabrics: readonly FabricRow[] };
  readonly check: CheckReport;
  readonly "net start": { readonly dryRun: boolean } & OfHosts<StartResult>;
  readonly "net stop": { readonly dryRun: boolean } & OfHosts<StopResult>;
  readonly "net status": NetStatus;
  readonly plan: Fabric;
  readonly "plan node": Node;
  readonly "config show": {
    /** Null for the defaults. */
    readonly file: string | null;
    readonly values: readonly ConfigRow[];
    readonly computed: readonly { readonly what: string; readonly value: string }[];
  };
  readonly "config validate": {
    readonly file: string | null;
    readonly valid: boolean;
    readonly problems: readonly ConfigProblem[];
    readonly warnings: readonly ConfigProblem[];
  };
  /** `publicKey`: file of the SSH key with which this host logs in to members. */
  readonly trust: TrustReport & { readonly publicKey: string };
  readonly "trust remove": DistrustReport;
  readonly doctor: { readonly findings: readonly Finding[] };
  readonly "ssh-config": { readonly config: string };
  readonly "ssh-config install": {
    readonly action: Installed;
    readonly config: string;
    readonly included: string;
  };
  readonly env: { readonly variables: Readonly<Record<string, string>> };
  readonly hosts: { readonly entries: readonly HostEntry[] };
  readonly "hosts ls": HostsReport;
  readonly "hosts install": { readonly action: Installed; readonly file: string; readonly changed: boolean };
  readonly vnc: { readonly address: string; readonly port: number; readonly password: string | null };
  readonly logs: { readonly node: string; readonly log: string };
  readonly save: {
    readonly saved: readonly {
      readonly node: string;
      /** Null after a reset. */
      readonly file: string | null;
    }[];
  };
  readonly "snapshot save": SaveReport;
  readonly "snapshot restore": RestoreReport & { readonly restoredMs: number };
  readonly "snapshot ls": { readonly snapshots: readonly InspectedSnapshot[] };
  readonly "snapshot rm": { readonly removed: readonly string[] };
  readonly node: { readonly action: string; readonly nodes: readonly string[] };
  readonly "link ls": { readonly links: readonly LinkReport[] };
  readonly link: LinkReport;
  readonly "link clear": { readonly cleared: readonly string[] };
  readonly plug: { readonly nics: readonly (PluggedNic | SocketNic)[] };
  readonly ports: { readonly positions: readonly PositionReport[] };
  readonly export: {
    /** Paths of the files that were written. */
    readonly files: readonly string[];
  };
  readonly "export libvirt": { readonly files: readonly ExportFile[] };
  readonly "vm ls": { readonly vms: readonly VmReport[] };
  readonly "vm info": VmReport & {
    readonly nics: readonly PositionNic[];
    readonly bmc: string | null;
    readonly boot: VmRecord["boot"];
    readonly cd: VmRecord["cd"];
    readonly settings: Profile;
    readonly limits: LimitsInForce | null;
  };
  readonly "vm create": { readonly vms: readonly VmRecord[] };
  readonly "vm power": { readonly action: string; readonly vms: Readonly<Record<string, string>> };
  readonly "vm vnc": { readonly socket: string };
  readonly "vm logs": { readonly name: string; readonly log: string };
  readonly "vm boot": Pick<VmRecord, "name" | "boot" | "cd"> & Pick<Profile, "firmware">;
  readonly leases: LeasesReport;
  readonly "leases reserve": DhcpReservation & {
    readonly action: "reserved" | "unreserved";
    readonly applied: boolean;
  };
  /** `events` prints one for each change. */
  readonly event: FabricEvent;
  readonly top: { readonly links: readonly LinkRate[] };
  readonly "top host": HostUse;
  readonly web: {
    readonly url: string;
    readonly port: number;
    /** Missing if it is in a file of the user's. */
    readonly token?: string;
  };
  readonly "bench failover": FailoverReport;
  readonly render: {
    readonly nodes: readonly {
      readonly node: string;
      /** Secret content is null without `--secrets`. */
      readonly files: readonly (Omit<NodeFile, "content"> & { readonly content: string | null })[];
    }[];
  };
  readonly "image build": { readonly id: string; readonly built: boolean; readonly folder: string };
  readonly "image ls": {
    readonly images: readonly (Manifest & {
      /** Those that need this image. */
      readonly snapshots: readonly string[];
      readonly warmBases: readonly Omit<StoredWarmBase, "image">[];
      readonly savedFabrics: readonly Omit<SavedFabric, "image">[];
    })[];
  };
  readonly "image prune": { readonly removed: readonly string[] };
  readonly "image verify": {
    readonly images: readonly { readonly id: string; readonly damaged: readonly string[] }[];
  };
  readonly "image rm": { readonly removed: readonly string[] };
  /** What any command prints to stderr when it fails. */
  readonly error: {
    readonly error: {
      readonly kind: FailureKind;
      readonly message: string;
      /** A command, or what else to do, if it is known. */
      readonly fix?: string | undefined;
      readonly exitCode: number;
    };
  };
}

export type DocumentName = keyof Documents;

/** A document after its name. */
export type NamedDocument = {
  readonly [Name in DocumentName]: readonly [name: Name, body: Documents[Name]];
}[DocumentName];
