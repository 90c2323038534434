import { homedir, userInfo } from "node:os";
import { DEFAULT_NAME } from "../../config/fabric-name.ts";
import { isEnclosed, outsidePath } from "../../enclosure/inside.ts";
import type { SshAccess } from "../../nodes/ssh-config.ts";
import { productPath } from "../../system/product-path.ts";
import { command } from "../command.ts";
import { type Context, loadContext } from "../context.ts";
import { nameIn, ownProgram } from "../enclose.ts";
import { blockMark, changeLines, type InstallOptions, installAction, withInstall } from "../install-lines.ts";
import { print } from "../output.ts";
import { printDocument } from "../print-document.ts";

export const sshConfigCommand = command<InstallOptions>({
  command: "ssh-config",
  describe: "Print or install the lines for ~/.ssh/config with which 'ssh leaf3' works",
  builder: (parser) =>
    withInstall(parser, "~/.ssh/ikvswitch, which ~/.ssh/config includes")
      .example("$0 ssh-config --install", "then 'ssh leaf3', scp and rsync work")
      .example("$0 ssh-config >~/.ssh/ikvswitch", "then add 'Include ikvswitch' to ~/.ssh/config"),
  run: async (options) => {
    const action = installAction(options);
    const context = await loadContext(options);
    if (action === "print") {
      const text = await sshText(context);
      options.json ? printDocument("ssh-config", { config: text }) : print(text);
      return;
    }
    const files = await changeFiles(context, action);
    if (options.json) {
      printDocument("ssh-config install", { action, ...files });
    } else {
      print(
        action === "install"
          ? `${files.config} includes ${files.included}.`
          : `${files.config} has no lines of this fabric; ${files.included} is deleted.`,
      );
    }
  },
});

/** Writes or deletes a file of our own, which one line at the start of the user's file includes. */
async function changeFiles(context: Context, action: "install" | "remove") {
  const { host, loaded } = context;
  const { name } = loaded.source;
  // ssh goes by the user's entry in /etc/passwd, not by HOME. In an enclosure, that would be root's.
  const folder = `${isEnclosed(process.env) ? homedir() : userInfo().homedir}/.ssh`;
  const ownName = name === DEFAULT_NAME ? "ikvswitch" : `ikvswitch-${name}`;
  const files = { config: `${folder}/config`, included: `${folder}/${ownName}` };
  if (action === "install") {
    await host.makeDirectory(folder, 0o700);
    await host.writeFile(files.included, `${await sshText(context)}\n`, 0o600);
  }
  await changeLines(host, files.config, {
    mark: blockMark(context),
    // After a Host line, it would be valid for that host only.
    at: "start",
    lines: action === "install" ? `Include ${ownName}` : null,
    newMode: 0o600,
  });
  if (action === "remove") {
    await host.remove(files.included);
  }
  return files;
}

async function sshText({ settings, fabric }: Context): Promise<string> {
  const { sshConfig } = await import("../../nodes/ssh-config.ts");
  return sshConfig(fabric, await sshAccess(settings));
}

/** Returns how the user's own ssh reaches the switches. */
export async function sshAccess(settings: Context["settings"]): Promise<SshAccess> {
  const { statePaths } = await import("../../nodes/state-paths.ts");
  const { wantsSshPort } = await import("../../enclosure/ssh-port.ts");
  const { toolKey, knownHosts } = statePaths(settings.stateDir);
  const { env } = process;
  const name = nameIn(process.argv.slice(2));
  const named = name === undefined ? [] : ["--name", name];
  return {
    toolKey: outsidePath(env, toolKey),
    knownHosts: outsidePath(env, knownHosts),
    internetPort: wantsSshPort(settings) ? settings.internetSshPort : null,
    proxy: isEnclosed(env)
      ? [...ownProgram(), ...named, "enter", "--", "perl", productPath("libexec/enclosure/connect")]
      : null,
  };
}
