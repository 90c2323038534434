import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Finding } from "../../host/findings/finding.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import type { CheckedNetwork } from "../../host/start.ts";
import type { LostMember } from "../../hosts/lost-members.ts";
import type { Owed } from "../../hosts/owed.ts";
import type { Machines, StopOutcome } from "../../nodes/machines.ts";
import type { NodeAction, NodeOutcome } from "../../nodes/outcome.ts";
import type { FileDigests } from "../../render/hash.ts";
import type { NodeFile, RenderOptions } from "../../render/types.ts";
import type { EmulatorUser } from "../../system/confine.ts";
import type { Host } from "../../system/host.ts";
import type { ProductFolders } from "../../system/product-path.ts";
import type { Progress } from "../../system/progress.ts";
import type { StateFile } from "../../system/state-file.ts";
import type { Terminal } from "../../system/terminal.ts";
import type { BootImages } from "./images.ts";
import type { SavedFabrics } from "./saved-fabrics.ts";
import type { Snapshots } from "./snapshots.ts";

/**
 * One way to run switches. Callers test for a backend's optional members and never for its name: features that not
 * every backend has are optional. A new backend is a folder that exports one of these, and a line in the index.
 */
export interface Backend {
  /** Value of BACKEND in the configuration. */
  readonly name: string;
  /** Kind of its switches, to complete the phrase "the switches are": `virtual machines`. */
  readonly kind: string;
  /** Reports whether its switches are in this run directory. */
  presence(host: Host, runDir: string): Promise<Presence>;
  /** Returns its switches, running or not. */
  nodes(host: Host, runDir: string): Promise<Machines>;
  /** Returns the ports that its switches need in the host network. */
  switchPorts(host: Host, runDir: string): Promise<SwitchPorts>;
  /**
   * Checks the requirements of the switches, makes and renders their files. Stops nothing, and does not change the host
   * network.
   * @throws PreflightError with everything that is missing.
   */
  preflight(host: Host, request: UpRequest): Promise<Preflight>;
  /** Compares its switches with those that `up` would make. Changes nothing, but makes identities that are missing. */
  compare(host: Host, request: CompareRequest): Promise<readonly ComparedNode[]>;
  /**
   * Stops its running switches, however they were started, and all helper processes that it started for them. Goes by
   * the running processes instead of the plan.
   * @returns the outcome for each switch that ran.
   */
  down(host: Host, runDir: string, options: DownOptions): Promise<DownReport>;
  /** Returns the input for rendering its switches, as far as it depends on this host. */
  rendering(host: Host, fabric: Fabric): Promise<Rendering>;
  /** Examines this host for the requirements of its switches, beyond those of the host network. Changes nothing. */
  examine(host: Host, request: ExamineRequest): Promise<readonly Finding[]>;
  /** Reads the state files that it keeps of a node, besides those that every backend keeps. */
  stateFiles(host: Host, runDir: string, nodeName: string): Promise<readonly FoundStateFile[]>;
  /** True if its switches run on the members of a cluster (HOSTS); absent: on this host. */
  readonly onMembers?: true;
  /**
   * Asks the cluster about its members, and about this fabric's switches on them. Absent: it has no cluster.
   * @throws PreflightError or CommandError, within seconds, if the cluster does not answer.
   */
  observeMembers?(host: Host, settings: Settings): Promise<ObservedMembers>;
  /**
   * Deletes switches that `down` left on members that did not answer, as far as these answer now.
   * @returns the record without what is deleted.
   */
  deleteOwed?(
    host: Host,
    owed: Owed,
    options: { readonly stateDir: string; readonly onWarning: (text: string) => void },
  ): Promise<Owed>;
  /** Serial consoles. */
  readonly console?: Consoles;
  /** Graphical consoles, by VNC. */
  readonly vnc?: VncConsoles;
  /** Management controllers, which control the power of their switches. */
  readonly bmc?: BmcSupport;
  readonly snapshots?: Snapshots;
  /** Images that its switches boot. */
  readonly images?: BootImages;
  /** States of a whole fabric from which `up` resumes it. */
  readonly savedFabrics?: SavedFabrics;
  /** Emulators: one process per switch, which emulates its machine. */
  readonly emulator?: Emulators;
}

export interface ObservedMembers {
  readonly members: readonly {
    readonly name: string;
    readonly online: boolean;
    /** What the cluster says about its state. */
    readonly message: string;
  }[];
  /** Null if the cluster does not tell in time, as where a member hangs. */
  readonly switches: readonly ObservedSwitch[] | null;
}

/** A switch on a member, and what it may take there at most. */
export interface ObservedSwitch {
  readonly name: string;
  readonly member: string;
  /** `running`, `stopped`, `frozen`; `error`: its member does not answer. */
  readonly state: "running" | "stopped" | "frozen" | "error";
  /** Null: as many, or as much, as its member has. The same holds for the next two. */
  readonly vcpus: number | null;
  readonly memoryMiB: number | null;
  readonly diskMiB: number | null;
}

export interface Consoles {
  /** Connects a terminal to a switch's console until Ctrl-], the end of input, or the end of the switch. */
  attach(
    host: Host,
    runDir: string,
    nodeName: string,
    terminal: Terminal,
  ): Promise<"escape" | "machine ended">;
}

export interface VncConsoles {
  /** Returns the IPv4 address at which they listen; 0.0.0.0: all. */
  listenAddress(settings: Pick<Settings, "vncListen" | "rootPassword">): string;
}

export interface BmcSupport {
  /** Returns the facts about its running switches that the BMCs need. */
  switches(host: Host, settings: Pick<Settings, "emulatorUser" | "runDir">): Promise<BmcSwitches>;
}

/** Facts about the switches that their BMCs need to control them. */
export interface BmcSwitches {
  /** The user that may start them. */
  readonly user: EmulatorUser;
  /** True if they use KVM: those that a BMC powers on use it, too. */
  readonly kvm: boolean;
  /** Returns the unix socket of a switch's serial console for its BMC. */
  readonly consoleOf: (nodeName: string) => string;
}

export interface Emulators {
  /** Returns the name of the program, for example to report it as missing: `qemu-system-x86_64`. */
  program(host: Host): Promise<string>;
  /** Returns its own output since its last start. */
  log(host: Host, runDir: string, nodeName: string): Promise<string>;
}

export interface Rendering {
  readonly fabric: Fabric;
  readonly options?: RenderOptions;
}

export interface ExamineRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
}

export interface UpRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly product: ProductFolders;
  /** Limit for boot and convergence together. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  /** True if every switch is stopped before they are started. */
  readonly afterStop?: boolean;
  /** Resume from no saved fabric. */
  readonly fresh: boolean;
  /** Leave links and switches with injected faults as they are. */
  readonly keepFaults: boolean;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

export type CompareRequest = Pick<UpRequest, "settings" | "fabric" | "product" | "onWarning">;

/** What `up` would do with a switch. */
export interface ComparedNode {
  readonly name: string;
  readonly action: NodeAction;
  /** Its files as they would be. */
  readonly rendered: readonly NodeFile[];
  /** Digests of the files that it has; undefined if unknown. */
  readonly applied: FileDigests | undefined;
}

/** Switches that passed all checks and can be started. */
export interface Preflight {
  /** Members of a cluster that don't answer: their switches are left out. Absent: none. */
  readonly lost?: readonly LostMember[];
  /** The host network, which must be built before they are started; absent if they are on other hosts. */
  readonly network?: CheckedNetwork;
  /**
   * Brings all switches to the planned state, on a host whose network exists. Switches that are up to date are not
   * touched. After a failure, the switches that were started keep running, so that the next attempt can continue.
   * @param deadline in ms since the epoch.
   */
  up(deadline: number): Promise<Started>;
}

export interface Started {
  readonly outcomes: Readonly<Record<string, NodeOutcome>>;
  /** True if there is no need to wait for routing: the switches resumed with it. */
  readonly hasConverged?: boolean;
  /** Saves the switches as a warm fabric, once routing has converged. Absent: there is no reason to. */
  saveConverged?(): Promise<void>;
  /**
   * Starts the services that switches delay because they would slow down routing. Call it when the fabric has
   * converged, or has failed to.
   */
  startServices(): void;
}

export interface DownOptions {
  /** Time for switches to shut themselves down before their power is cut. */
  readonly graceMs: number;
  /** Called with each thing of the switches that can't be kept for their next start. */
  readonly onWarning: (text: string) => void;
}

/** `stopped`: none of its switches runs, but it can start existing ones again. */
export type Presence = "running" | "stopped" | "absent";

/** Outcome for each switch, by name. */
export type DownReport = Readonly<Record<string, StopOutcome>>;

export interface FoundStateFile {
  readonly path: string;
  readonly file: StateFile<unknown>;
}

/** All backends, by name. They are loaded on demand. */
export type Backends = ReadonlyMap<string, () => Promise<Backend>>;
