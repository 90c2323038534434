import { UsageError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { callersFileMode } from "../../system/umask.ts";
import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
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
    const { host, fabric } = context;
    const machines = await fabricMachines(context);
    const nameOf = (word: string) => findNode(fabric, word).name;
    const from = inSwitch(options.from);
    const to = inSwitch(options.to);
    if (from !== null && to === null) {
      const content = await machines.pull(nameOf(from.node), from.path);
      const isFolder = (await host.stat(options.to))?.isFolder ?? false;
      const path = targetPath(isFolder ? `${options.to}/` : options.to, from.path);
      await host.writeFile(path, content, callersFileMode());
    } else if (from === null && to !== null) {
      const content = await readSource(host, options.from);
      await machines.push(nameOf(to.node), targetPath(to.path, options.from), content);
    } else {
      throw new UsageError("exactly one of FROM and TO must be NODE:PATH, such as leaf3:/root/x");
    }
  },
});

/** Parses `leaf3:/root/x`; null for a path on the host. */
function inSwitch(word: string): { readonly node: string; readonly path: string } | null {
  const match = /^([a-z][a-z0-9]*):(\/.*)$/s.exec(word);
  return match?.[1] === undefined || match[2] === undefined ? null : { node: match[1], path: match[2] };
}

async function readSource(host: Host, path: string): Promise<Uint8Array> {
  if ((await host.stat(path))?.isFolder) {
    throw new UsageError(`${path} is a directory; cp copies single files`);
  }
  const content = await host.readBytes(path);
  if (content === undefined) {
    throw new UsageError(`no such file: ${path}`);
  }
  return content;
}

/** Like cp: a target that ends in a slash is a folder, into which the file goes under its own name. */
function targetPath(target: string, source: string): string {
  return target.endsWith("/") ? `${target}${source.slice(source.lastIndexOf("/") + 1)}` : target;
}
