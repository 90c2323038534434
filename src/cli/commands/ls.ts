import { formatTime } from "../../format/time.ts";
import { command } from "../command.ts";
import { commandHost } from "../context.ts";
import type { FabricRow } from "../fabrics.ts";
import { print } from "../output.ts";
import { printDocument } from "../print-document.ts";

export const lsCommand = command({
  command: "ls",
  describe: "List the fabrics of this host, running or not",
  run: async ({ json }) => {
    const { listFabrics } = await import("../fabrics.ts");
    const rows = await listFabrics(await commandHost());
    if (json) {
      printDocument("ls", { fabrics: rows });
      return;
    }
    const { formatTable } = await import("../../format/table.ts");
    print(
      rows.length === 0
        ? "No fabric. 'ikvswitch up' brings one up."
        : formatTable(["NAME", "STATE", "SWITCHES", "BACKEND", "SINCE", "CONFIGURATION"], rows.map(cells)),
    );
  },
});

function cells({ name, state, switches, backend, since, file, folders }: FabricRow) {
  return [
    name ?? "?",
    state,
    switches === null ? "-" : `${switches.running} of ${switches.planned}`,
    backend ?? "-",
    since === null ? "-" : formatTime(since),
    file ?? (name === null ? `RUN_DIR=${folders.runDir}` : "defaults"),
  ];
}
