import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { passOn, printJson } from "../output.ts";
import { sshAccess } from "./ssh-config.ts";

const FORMATS = ["ini", "json"] as const;

interface InventoryOptions extends GlobalOptions {
  readonly format: (typeof FORMATS)[number];
}

export const inventoryCommand = command<InventoryOptions>({
  command: "inventory",
  describe: "Print an Ansible inventory of all switches, with groups by role and rack",
  builder: (parser) =>
    parser
      .option("format", {
        choices: FORMATS,
        default: "ini" as const,
        requiresArg: true,
        describe: "ini, or json for a file whose name ends in .json (default: ini; with --json: json)",
      })
      .example("$0 inventory >hosts.ini", "then: ansible -i hosts.ini leaves -m raw -a 'ip -br link'"),
  run: async (options) => {
    const { settings, fabric } = await loadContext(options);
    const [{ sshArguments }, { shellLine }, { inventoryIni, inventoryJson }] = await Promise.all([
      import("../../nodes/ssh-config.ts"),
      import("../../system/quote-for-shell.ts"),
      import("../../export/ansible/inventory.ts"),
    ]);
    const words = sshArguments(await sshAccess(settings), "{{ inventory_hostname }}");
    const login = { user: "root", arguments: shellLine(words) };
    if (options.json || options.format === "json") {
      printJson(inventoryJson(fabric, login));
    } else {
      passOn(inventoryIni(fabric, login));
    }
  },
});
