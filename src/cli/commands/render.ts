import { BACKENDS } from "../../backends/index.ts";
import { UsageError } from "../../errors.ts";
import { isSecret } from "../../render/is-secret.ts";
import type { NodeFile } from "../../render/types.ts";
import { productPath } from "../../system/product-path.ts";
import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { selectNodes } from "../find-node.ts";
import { passOn, print } from "../output.ts";
import { printDocument } from "../print-document.ts";

interface RenderOptions extends GlobalOptions {
  readonly node: string | undefined;
  readonly out: string | undefined;
  readonly secrets: boolean;
}

export const renderCommand = command<RenderOptions>({
  command: "render [node]",
  describe: "Show the configuration files rendered for switches",
  builder: (parser) =>
    parser
      .positional("node", { type: "string", describe: "Only this switch (default: all)" })
      .option("secrets", {
        type: "boolean",
        default: false,
        describe: "With --json, include private keys and password hashes",
      })
      .option("out", { type: "string", requiresArg: true, describe: "Write the files to this directory" })
      .example("$0 render leaf1", "show leaf1's files")
      .example("$0 render --out /tmp/files", "write /tmp/files/leaf1/etc/frr/frr.conf and so on"),
  run: async (options) => {
    if (options.out === "") {
      throw new UsageError("invalid value of --out: empty");
    }
    const { host, settings, fabric } = await loadContext(options, "file");
    const { findBackend } = await import("../../backends/find.ts");
    const { loadTemplates } = await import("../../nodes/templates.ts");
    const { renderNodes } = await import("../../nodes/render-nodes.ts");
    const { writeFiles } = await import("../../nodes/write-files.ts");
    const selected = selectNodes(fabric, options.node === undefined ? [] : [options.node]);
    const wanted = new Set(selected.map(({ name }) => name));
    const backend = await findBackend(BACKENDS, settings.backend);
    const templates = await loadTemplates(host, productPath("templates"));
    const rendered = (
      await renderNodes(host, {
        settings,
        templates,
        ...(await backend.rendering(host, fabric)),
      })
    ).filter(({ node }) => wanted.has(node.name));
    const { out } = options;
    if (out !== undefined) {
      await Promise.all(rendered.map(({ node, files }) => writeFiles(host, `${out}/${node.name}`, files)));
      const count = rendered.reduce((sum, { files }) => sum + files.length, 0);
      const of = options.node ?? `${rendered.length} switches`;
      print(`Wrote ${count} files of ${of} to ${out}.`);
    } else if (options.json) {
      printDocument("render", {
        nodes: rendered.map(({ node, files }) => ({
          node: node.name,
          files: options.secrets ? files : files.map(withoutSecrets),
        })),
      });
    } else {
      // Private keys and password hashes belong in files with a mode, not on a terminal.
      const shown = rendered.flatMap(({ node, files }) =>
        files
          .filter((file) => !isSecret(file))
          .map(({ path, content }) => `===== ${node.name}:${path}\n${content}`),
      );
      passOn(`${shown.join("\n")}\n`);
    }
  },
});

/** Replaces the content of a secret file by null. */
function withoutSecrets(file: NodeFile): Omit<NodeFile, "content"> & { readonly content: string | null } {
  return isSecret(file) ? { ...file, content: null } : file;
}
