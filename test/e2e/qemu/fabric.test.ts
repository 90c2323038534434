import { afterAll, beforeAll } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { buildImage, createFabricSite, type FabricSite } from "../fabric-site.ts";
import { shippedConfig } from "../shipped-config.ts";
import { recordFrames, type Senders } from "./frames.ts";
import type { SharedFabric } from "./shared-fabric.ts";
import { accessTests } from "./suites/access.ts";
import { backendTests } from "./suites/both-backends.ts";
import { cloneTests, type UpReport } from "./suites/clones.ts";
import { faultTests } from "./suites/faults.ts";
import { powerTests } from "./suites/power.ts";
import { pxeTests } from "./suites/pxe.ts";
import { restartTests } from "./suites/restarts.ts";
import { savedFabricTests } from "./suites/saved-fabrics.ts";
import { serverTests } from "./suites/servers.ts";
import { snapshotTests } from "./suites/snapshots.ts";
import { startTests } from "./suites/starts.ts";
import { vmTests } from "./suites/vms.ts";
import { ownWarmBases } from "./warm-bases.ts";

//   outside ── host ── internet ── spine1 ── leaf1, leaf2 ── 3 server ports each
//
// A small fabric with three kinds of virtual machines: the two leaves are equal. It is brought up once, as clones of
// warm bases that are made here, and serves these suites in turn. Each suite but the last proves that it leaves the
// fabric unchanged. Behaviour that both backends share is tested on namespaces.

// Emulated processors run late at times while tests use the host: with the shipped BFD interval, switches on a busy
// host would declare each other down.
const BFD = "BFD_INTERVAL_MS=1000";
const SIZE = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=5", "SWITCH_MEMORY_MIB=192"];
const SETS = [...SIZE, "BOOT=auto", BFD, "PLUG_SOCKETS=yes"];
const fabric = planFabric(shippedConfig(SETS));
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;
let before: HostState;
let up: UpReport;
let senders: Senders;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  await ownWarmBases(site);
  before = await captureState(site.host);
  await site.ikvswitch(["net", "start"]);
  const stopRecording = await recordFrames(
    site,
    fabric.nodes.flatMap(({ ports }) => ports.map(({ tap }) => tap)),
  );
  up = (await site.json(["up"])) as UpReport;
  await site.ikvswitch(["check", "--wait", "90s"]);
  senders = await stopRecording();
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

const shared: SharedFabric = { site: () => site, fabric, sets: SETS };

cloneTests(
  shared,
  () => up,
  () => senders,
);
accessTests(shared);
backendTests(shared, "no route");
serverTests(shared);
vmTests(shared);
pxeTests(shared, { rack: 1, position: 4, firmwares: ["pcbios"] });
faultTests(shared);
powerTests(shared);
snapshotTests(shared);
restartTests(shared);
savedFabricTests(shared);
startTests(shared, () => before);
