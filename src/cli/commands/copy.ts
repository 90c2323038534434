import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { copyFile } from "../copy-file.ts";
import { findNode } from "../find-node.ts";
import { fabricMachines } from "../place.ts";

interface CopyOptions extends GlobalOptions {
  readonly from: string;
  readonly to: string;
}

export const copyCommand = command<CopyOptions>({
  command: "cp <from> <to>",
  describe: "Copy a file to or from a switch, without using its network",
  builder: (parser) =>
    parser
      .positional("from", { type: "string", describe: "Source: PATH on the host, or NODE:PATH" })
      .positional("to", { type: "string", describe: "Target: NODE:PATH, or PATH on the host" })
      .example("$0 cp leaf3:/etc/frr/frr.conf .", "get leaf3's FRR configuration")
      .example("$0 cp test.sh leaf3:/root/test.sh", "put a script on leaf3"),
  run: async (options) => {
    const context = await loadContext(options);
    const machines = await fabricMachines(context);
    const nameOf = (word: string) => findNode(context.fabric, word).name;
    await copyFile(context.host, options, {
      pull: async (name, path) => machines.pull(nameOf(name), path),
      push: async (name, path, content) => machines.push(nameOf(name), path, content),
    });
  },
});
