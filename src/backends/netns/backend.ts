import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import type { Host } from "../../system/host.ts";
import type { Backend, Presence } from "../model/backend.ts";
import { netnsFolder, netnsFolders } from "./netns-folder.ts";
import { netnsPid } from "./process.ts";
import { readRecord, readRecordFile } from "./record-file.ts";

/** Switches as namespaces of this host. Modules that not every command needs are loaded on demand. */
export const netnsBackend: Backend = {
  name: "netns",
  kind: "namespaces of this host",
  presence,
  nodes: async (host, runDir) => {
    const record = await anyRecord(host, runDir);
    return (await import("./machines.ts")).netnsMachines(host, runDir, record?.vlans ?? true);
  },
  switchPorts,
  preflight: async (host, request) => (await import("./up.ts")).prepareNetnsUp(host, request),
  compare: async (host, request) => (await import("./up.ts")).compareNetns(host, request),
  down: async (host, runDir, { onWarning }) =>
    (await import("./down.ts")).endAllNetns(host, runDir, onWarning),
  rendering: async (host, fabric) => (await import("./prepare.ts")).netnsRendering(host, fabric),
  examine: async (host) => [
    await (await import("./limits-finding.ts")).checkLimits(host),
    await (await import("./lldp-finding.ts")).checkLldp(host),
  ],
  stateFiles: async (host, runDir, nodeName) => {
    const folder = netnsFolder(runDir, nodeName);
    return [{ path: folder.record, file: await readRecordFile(host, folder) }];
  },
};

async function presence(host: Host, runDir: string): Promise<Presence> {
  return (await runningNames(host, runDir)).length > 0
    ? "running"
    : (await anyRecord(host, runDir)) === undefined
      ? "absent"
      : "stopped";
}

async function switchPorts(host: Host, runDir: string): Promise<SwitchPorts> {
  return { kind: "veth", running: await runningNames(host, runDir) };
}

async function runningNames(host: Host, runDir: string): Promise<readonly string[]> {
  const folders = await netnsFolders(host, runDir);
  const pids = await Promise.all(folders.map((folder) => netnsPid(host, folder)));
  return folders.filter((_, index) => pids[index] !== undefined).map(({ name }) => name);
}

/** Returns any record: the settings of the whole fabric are the same in all of them. */
async function anyRecord(host: Host, runDir: string) {
  const folders = await netnsFolders(host, runDir);
  const records = await Promise.all(folders.map((folder) => readRecord(host, folder)));
  return records.find((record) => record !== undefined);
}
