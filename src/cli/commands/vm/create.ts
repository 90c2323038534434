import { UsageError } from "../../../errors.ts";
import type { Profile } from "../../../vms/profile.ts";
import type { VmRecord } from "../../../vms/record.ts";
import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { labOf } from "../../lab-of.ts";
import { lockFabric } from "../../lock-network.ts";
import { print } from "../../output.ts";
import { printDocument } from "../../print-document.ts";
import { showProgress } from "../../progress.ts";
import { attach } from "./access.ts";
import { startRequest, withOvercommit } from "./power.ts";
import { refreshBmcs } from "./refresh-bmcs.ts";

interface CreateOptions extends GlobalOptions {
  readonly vm: string | undefined;
  readonly profile: string | undefined;
  readonly rack: number | undefined;
  readonly u: number | undefined;
  readonly count: number;
  readonly start: boolean;
  readonly attach: boolean;
  readonly overcommit: boolean;
}

/** More than the positions of the largest fabric. */
const MOST = 4096;

export const createCommand = command<CreateOptions>({
  command: "create [vm]",
  describe: "Make VMs of a profile, each at a free rack position",
  builder: (parser) =>
    withOvercommit(parser)
      .positional("vm", {
        type: "string",
        describe: "Name; with --count, NAME1, NAME2, ... (default: the profile's)",
      })
      .option("profile", {
        alias: "t",
        type: "string",
        requiresArg: true,
        describe: "Profile: server, pxe-server, tiny, empty, or one of your own",
      })
      .option("rack", {
        type: "number",
        requiresArg: true,
        describe: "Rack (default: spread over all racks)",
      })
      .option("u", { type: "number", requiresArg: true, describe: "Position (default: the lowest free one)" })
      .option("count", {
        type: "number",
        default: 1,
        requiresArg: true,
        describe: "Number of VMs (default: 1)",
      })
      .option("start", { type: "boolean", default: false, describe: "Start them" })
      .option("attach", { type: "boolean", default: false, describe: "Start it, and attach to its console" })
      .example(
        "$0 vm create -t server --count 6 --start",
        "six servers that speak BGP, spread over the racks",
      )
      .example("$0 vm create -t empty pxe1 --rack 2 --u 4", "a machine that boots from the network"),
  run: async (options) => {
    checkOptions(options);
    const context = await loadContext(options);
    const { demandOneHost } = await import("../../../lab/check-hosts.ts");
    demandOneHost(context.fabric, "vm create");
    const records = await lockFabric(context, "vm create", async () => {
      const { profile, planned } = await plan(context, options);
      const starts = options.start || options.attach;
      // First: what can't be started is not made.
      const start = starts ? await prepareStart(context, planned, options) : undefined;
      const made = await make(context, profile, planned, options);
      await refreshBmcs(context, options);
      await start?.(made);
      return made;
    });
    if (options.json) {
      printDocument("vm create", { vms: records });
    } else {
      print(records.map(describe).join("\n"));
    }
    const [first] = records;
    if (options.attach && first !== undefined) {
      await attach(context, first.name);
    }
  },
});

async function prepareStart(context: Context, planned: readonly VmRecord[], options: CreateOptions) {
  const { prepareVmStart } = await import("../../../lab/vm-power.ts");
  return prepareVmStart(labOf(context), planned, startRequest(options));
}

function checkOptions({ count, rack, u, attach: attaches }: CreateOptions): void {
  for (const [option, value, most] of [
    ["--count", count, MOST],
    ["--rack", rack ?? 1, MOST],
    ["--u", u ?? 1, MOST],
  ] as const) {
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new UsageError(`invalid value of ${option}: not a whole number from 1 to ${most}`);
    }
  }
  if (attaches && count > 1) {
    throw new UsageError("--attach takes a single VM, not --count");
  }
}

/** Plans the VMs: their names, positions and addresses. */
async function plan({ host, settings, fabric }: Context, options: CreateOptions) {
  const [{ profilesOfHost, findProfile }, { checkVmName, newNames }, { findVms }, { choosePositions }] =
    await Promise.all([
      import("../../../vms/profiles-of-host.ts"),
      import("../../../vms/vm-name.ts"),
      import("../../../vms/observe.ts"),
      import("../../../vms/choose-positions.ts"),
    ]);
  const { planVms } = await import("../../../vms/plan.ts");
  const { removeUnfinished } = await import("../../../vms/stop.ts");
  await removeUnfinished(host, settings);
  const { occupiedPositions } = await import("../../../ports/observe.ts");
  const profile = findProfile(await profilesOfHost(host, settings.vmProfiles), options.profile);
  const others = await findVms(host, settings);
  const { count, vm: name } = options;
  const names = newNames(
    { name, count, profile: profile.name },
    others.map((vm) => vm.name),
  );
  for (const one of names) {
    checkVmName(fabric, one);
  }
  const records = others.flatMap(({ record }) => record ?? []);
  const occupied = await occupiedPositions(host, fabric);
  const positions = choosePositions(fabric, count, { rack: options.rack, position: options.u }, (place) =>
    [...occupied, ...records].every(
      ({ rack, position }) => rack !== place.rack || position !== place.position,
    ),
  );
  const taken = records.flatMap(({ announced }) => announced?.address ?? []);
  return { profile, planned: planVms(fabric, { names, positions, profile, taken }) };
}

async function make(
  { host, settings }: Context,
  profile: Profile,
  planned: readonly VmRecord[],
  { json }: CreateOptions,
): Promise<readonly VmRecord[]> {
  const { createVms } = await import("../../../vms/create.ts");
  const { findEmulatorUser } = await import("../../../system/emulator-user.ts");
  const user = await findEmulatorUser(host, settings.emulatorUser);
  const count = planned.length;
  return showProgress({ quiet: json }).step(count === 1 ? "Make the VM" : `Make ${count} VMs`, (note) =>
    createVms(host, settings, { user, profile, planned, note }),
  );
}

function describe({ name, rack, position, announced }: VmRecord): string {
  const address = announced === null ? "" : `, announces ${announced.address} as AS ${announced.asn}`;
  return `${name}: rack ${rack} U${position}${address}`;
}
