import type { Readable, Writable } from "node:stream";
import type { BmcSwitches } from "../../bmc/plan.ts";
import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Finding } from "../../host/findings/finding.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import type { CheckedNetwork } from "../../host/start.ts";
import type { Machines, StopOutcome } from "../../nodes/machines.ts";
import type { NodeOutcome } from "../../nodes/outcome.ts";
import type { RenderOptions } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import type { ProductFolders } from "../../system/product-path.ts";
import type { Progress } from "../../system/progress.ts";
import type { StateFile } from "../../system/state-file.ts";
import type { BootImages } from "./images.ts";
import type { Snapshots } from "./snapshots.ts";

/**
 * One way to run switches. Callers ask a backend what it has, never which it is: what not every backend has is an
 * optional part of it. A new backend is a folder that exports one of these and a line in the index.
 */
export interface Backend {
  /** As BACKEND in the configuration has it. */
  readonly name: string;
  /** What its switches are, as the end of "the switches are": `virtual machines`. */
  readonly kind: string;
  /** Whether its switches are in this run directory. */
  presence(host: Host, runDir: string): Promise<Presence>;
  /** Its switches, running or not. */
  nodes(host: Host, runDir: string): Promise<Machines>;
  /** What its switches need of the host's network. */
  switchPorts(host: Host, runDir: string): Promise<SwitchPorts>;
  /**
   * Check, make and render all that its switches take. Stops nothing, and changes nothing of the host's network.
   * @throws PreflightError with all that is missing.
   */
  preflight(host: Host, request: UpRequest): Promise<Preflight>;
  /**
   * Stop whatever of it runs, however it came about, and all that it started for that. It goes by what is there, not
   * by the plan.
   * @returns what became of each switch that ran.
   */
  down(host: Host, runDir: string, options: { readonly graceMs: number }): Promise<DownReport>;
  /** What its switches are rendered from, as far as this host decides it. */
  rendering(host: Host, fabric: Fabric): Promise<Rendering>;
  /** Examine this host for what its switches need, beyond what the host's network needs. Changes nothing. */
  examine(host: Host, request: ExamineRequest): Promise<readonly Finding[]>;
  /** The documents that it keeps of a node, besides what every backend keeps, as they are now. */
  stateFiles(host: Host, runDir: string, nodeName: string): Promise<readonly FoundStateFile[]>;
  /** Serial consoles. */
  readonly console?: Consoles;
  /** Graphical consoles, by VNC. */
  readonly vnc?: VncConsoles;
  /** Management controllers, which switch the power of their switches. */
  readonly bmc?: BmcSupport;
  readonly snapshots?: Snapshots;
  /** Images that its switches boot. */
  readonly images?: BootImages;
  /** A program for each switch, that emulates its machine. */
  readonly emulator?: Emulators;
}

export interface Consoles {
  /** Connect a terminal to a switch's console until Ctrl-], the input's end, or the switch's end. */
  attach(
    host: Host,
    runDir: string,
    nodeName: string,
    terminal: Terminal,
  ): Promise<"escape" | "machine ended">;
}

export interface Terminal {
  /** process.stdin, or a stream that is no terminal. */
  readonly input: Readable & { setRawMode?(raw: boolean): unknown };
  readonly output: Writable;
}

export interface VncConsoles {
  /** The IPv4 address at which they listen; 0.0.0.0: all. */
  listenAddress(settings: Pick<Settings, "vncListen" | "rootPassword">): string;
}

export interface BmcSupport {
  /** What the BMCs have to know of its switches, once they run. */
  switches(host: Host, settings: Pick<Settings, "emulatorUser" | "runDir">): Promise<BmcSwitches>;
}

export interface Emulators {
  /** The program, by which this host may lack it: `qemu-system-x86_64`. */
  program(host: Host): Promise<string>;
  /** What it has said of itself since its last start. */
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
  /** For boot and convergence together. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  /** Whether every switch will have been stopped by the time that they are started. */
  readonly afterStop?: boolean;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

/** Switches that can be started, as far as can be known. */
export interface Preflight {
  /** The host's network, which is to be built before they are started. */
  readonly network: CheckedNetwork;
  /**
   * Make all switches what they should be, on a host whose network is there. Those that need nothing are not touched.
   * Failing leaves what was started, for the next try to go on.
   * @param deadline when to give up, in ms since the epoch.
   */
  up(deadline: number): Promise<Started>;
}

export interface Started {
  readonly outcomes: Readonly<Record<string, NodeOutcome>>;
  /** To be called when the fabric routes, or never will: switches put off until then what would be in its way. */
  startServices(): void;
}

/** `stopped`: it can start switches again that are there, and none of them runs. */
export type Presence = "running" | "stopped" | "absent";

/** What became of each switch, by name. */
export type DownReport = Readonly<Record<string, StopOutcome>>;

export interface FoundStateFile {
  readonly path: string;
  readonly file: StateFile<unknown>;
}

/** All that there are, by name. They are loaded when they are asked for. */
export type Backends = ReadonlyMap<string, () => Promise<Backend>>;
