import { UsageError } from "../../errors.ts";
import type { DhcpReservation } from "../../fabric/types.ts";
import { productPath } from "../../system/product-path.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { lockFabric } from "../lock-network.ts";
import { print, warn } from "../output.ts";
import { fabricMachines } from "../place.ts";
import { printDocument } from "../print-document.ts";

interface ReserveOptions extends GlobalOptions {
  readonly mac: string;
  readonly address: string;
  readonly hostname: string | undefined;
}

interface UnreserveOptions extends GlobalOptions {
  readonly mac: string;
}

const listCommand = command({
  command: "list",
  describe: "List leased and reserved addresses",
  run: async (options) => {
    const context = await loadContext(options);
    const [{ queryLeases }, { reportLeases }, { formatLeases }, { servingLeaves }, { runnableFabric }] =
      await Promise.all([
        import("../../leases/query.ts"),
        import("../../leases/report.ts"),
        import("../../leases/format.ts"),
        import("../../fabric/reservations.ts"),
        import("../../nodes/runs-plan.ts"),
      ]);
    const machines = await fabricMachines(context);
    const leaves = servingLeaves(runnableFabric({ machines, fabric: context.fabric }));
    if (leaves.length === 0) {
      warn("no switch serves DHCP: this host's kernel has no 802.1Q, which server ports need for it");
    }
    const report = reportLeases(leaves, await queryLeases(machines, leaves));
    options.json ? printDocument("leases", report) : print(formatLeases(report, new Date()));
  },
});

const reserveCommand = command<ReserveOptions>({
  command: "reserve <mac> <address> [hostname]",
  describe: "Reserve an address for a MAC",
  builder: (parser) =>
    parser
      .positional("mac", { type: "string", describe: "MAC of the server's NIC" })
      .positional("address", { type: "string", describe: "Address in the rack's DHCP network" })
      .positional("hostname", { type: "string", describe: "Name that the server is given" })
      .epilogue("Kept on the host, besides the reservations of DHCP_RESERVATIONS in the configuration.")
      .example(
        "$0 leases reserve 02:69:01:00:03:01 192.168.110.10 db1",
        "always the same address for rack 1 U3",
      ),
  run: async (options) => {
    const context = await loadContext(options);
    const reservation = await parseWords(options);
    const applied = await lockFabric(context, "leases reserve", async () => {
      const others = (await readKept(context)).filter(({ mac }) => !mac.equals(reservation.mac));
      return keep(context, [...others, reservation], reservation);
    });
    report(options, "reserved", reservation, applied);
  },
});

const unreserveCommand = command<UnreserveOptions>({
  command: "unreserve <mac>",
  describe: "Delete a reservation that 'leases reserve' made",
  builder: (parser) => parser.positional("mac", { type: "string", describe: "MAC of the server's NIC" }),
  run: async (options) => {
    const context = await loadContext(options);
    const { Mac } = await import("../../net/mac.ts");
    const wanted = Mac.parse(options.mac);
    const deleted = await lockFabric(context, "leases unreserve", async () => {
      const all = await readKept(context);
      const found = all.find(({ mac }) => wanted !== null && mac.equals(wanted));
      if (found === undefined) {
        throw new UsageError(`no address was reserved for ${options.mac} by 'leases reserve'`);
      }
      const others = all.filter((one) => one !== found);
      return { found, applied: await keep(context, others, found) };
    });
    report(options, "unreserved", deleted.found, deleted.applied);
  },
});

export const leasesCommand = commandGroup(
  "leases",
  "List DHCP leases, and reserve addresses",
  [listCommand, reserveCommand, unreserveCommand],
  listCommand,
);

/** @throws UsageError that describes the invalid word. */
async function parseWords({ mac, address, hostname }: ReserveOptions): Promise<DhcpReservation> {
  const { dhcpReservation } = await import("../../config/value-types/lists.ts");
  const { parseReservation } = await import("../../fabric/reservations.ts");
  const parsed = dhcpReservation.parse(
    [mac, address, ...(hostname === undefined ? [] : [hostname])].join("="),
  );
  if ("problem" in parsed) {
    throw new UsageError(parsed.problem);
  }
  return parseReservation(parsed.value);
}

/** Returns what earlier calls of `leases reserve` kept. @throws UsageError if the file is damaged. */
async function readKept({ host, settings }: Context): Promise<readonly DhcpReservation[]> {
  const { readReservations } = await import("../../leases/reservations-file.ts");
  const { statePaths } = await import("../../nodes/state-paths.ts");
  const file = await readReservations(host, settings.stateDir);
  if (file.kind === "damaged") {
    throw new UsageError(
      `${statePaths(settings.stateDir).reservations} is damaged: ${file.reason}; delete it`,
    );
  }
  return file.kind === "whole" ? file.document : [];
}

/**
 * Keeps these reservations, and gives them to the running leaf that serves the changed one.
 * @returns whether the leaf has them already; otherwise it gets them by its next `up`.
 * @throws UsageError if they don't fit the plan.
 */
async function keep(
  context: Context,
  reservations: readonly DhcpReservation[],
  changed: DhcpReservation,
): Promise<boolean> {
  const { host, settings, planned } = context;
  const [
    { addReservations, formatReservation, servingLeaves },
    { writeReservations },
    { applyReservations },
  ] = await Promise.all([
    import("../../fabric/reservations.ts"),
    import("../../leases/reservations-file.ts"),
    import("../../leases/apply.ts"),
  ]);
  const { loadTemplates } = await import("../../nodes/templates.ts");
  const { fabric, unfit } = addReservations(planned, reservations);
  const problem = unfit.find(({ reservation }) => reservation === changed)?.problem;
  if (problem !== undefined) {
    throw new UsageError(`can't reserve ${formatReservation(changed)}: ${problem}`);
  }
  await writeReservations(host, settings.stateDir, reservations);
  const leaf = servingLeaves(fabric).find(({ dhcp }) => dhcp.prefix.contains(changed.address));
  if (leaf === undefined) {
    return false;
  }
  const machines = await fabricMachines(context);
  const templates = await loadTemplates(host, productPath("templates"));
  return applyReservations(host, { machines, fabric, runDir: settings.runDir, settings, templates }, leaf);
}

function report(
  { json }: GlobalOptions,
  action: "reserved" | "unreserved",
  { mac, address, hostname }: DhcpReservation,
  applied: boolean,
): void {
  if (json) {
    printDocument("leases reserve", { action, mac, address, hostname, applied });
    return;
  }
  const what = action === "reserved" ? "is reserved for" : "is no longer reserved for";
  print(`${address} ${what} ${mac}${applied ? "" : ", from the next 'ikvswitch up'"}.`);
}
