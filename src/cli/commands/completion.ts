import type { Argv } from "yargs";
import { productPath } from "../../system/product-path.ts";
import { command } from "../command.ts";
import { commandHost, type GlobalOptions } from "../context.ts";
import { print } from "../output.ts";

/** The script of each shell, in share/completion. */
const SCRIPTS = { bash: "ikvswitch.bash", zsh: "_ikvswitch", fish: "ikvswitch.fish" } as const;

interface CompletionOptions extends GlobalOptions {
  readonly shell: keyof typeof SCRIPTS;
}

export const completionCommand = command<CompletionOptions>({
  command: "completion <shell>",
  describe: "Print a completion script for a shell",
  builder: (parser: Argv) =>
    parser
      .positional("shell", { choices: ["bash", "zsh", "fish"] as const, describe: "Shell" })
      .example("source <($0 completion bash)", "complete in this shell; in ~/.bashrc: in all"),
  run: async ({ shell }) => {
    const script = await (await commandHost()).readFile(productPath(`share/completion/${SCRIPTS[shell]}`));
    print(script ?? "");
  },
});
