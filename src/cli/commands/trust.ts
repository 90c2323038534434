import { UsageError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { DistrustReport, TrustReport } from "../../incus/trust.ts";
import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { print } from "../output.ts";
import { printDocument } from "../print-document.ts";

interface TrustOptions extends GlobalOptions {
  readonly token: string | undefined;
  readonly remove: boolean;
}

export const trustCommand = command<TrustOptions>({
  command: "trust [token]",
  describe: "Connect this host with an Incus or LXD cluster, for BACKEND=incus",
  builder: (parser) =>
    parser
      .positional("token", {
        type: "string",
        describe:
          "Printed by 'incus config trust add ikvswitch --restricted --projects ikvswitch' on a member",
      })
      .option("remove", {
        type: "boolean",
        default: false,
        describe: "Delete this host's key and certificate instead",
      })
      .example("$0 trust eyJjbGllbnRf...", "let this host run switches in the cluster's project")
      .example("$0 trust --remove", "end that"),
  run: async (options) => {
    if ((options.token === undefined) !== options.remove) {
      throw new UsageError("give either a token, or --remove");
    }
    const { host, settings, fabric } = await loadContext(options, "file");
    const { distrust, trustByToken } = await import("../../incus/trust.ts");
    if (options.token === undefined) {
      const report = await distrust(host, settings);
      options.json ? printDocument("trust remove", report) : print(formatRemoval(report));
    } else {
      const report = await trustByToken(host, settings, options.token);
      const { ensureToolKey } = await import("../../nodes/identity.ts");
      const { statePaths } = await import("../../nodes/state-paths.ts");
      await ensureToolKey(host, settings.stateDir);
      const publicKey = `${statePaths(settings.stateDir).toolKey}.pub`;
      options.json
        ? printDocument("trust", { ...report, publicKey })
        : print(`${formatTrust(report)}\n${formatLogins(fabric, publicKey)}`);
    }
  },
});

function formatTrust({ server, project, added }: TrustReport): string {
  return `${server} ${added ? "now trusts" : "trusts"} this host for project ${project}${added ? "" : ", as before"}.`;
}

/** Returns the commands that let this host log in to the members. */
function formatLogins({ cluster }: Fabric, publicKey: string): string {
  if (cluster === undefined) {
    return `List its members in HOSTS, and authorize ${publicKey} on each.`;
  }
  const commands = cluster.members.map(
    ({ login, address }) => `\n  ssh-copy-id -f -i ${publicKey} ${login}@${address}`,
  );
  return `It makes links between them by ssh. If it may not yet log in there:${commands.join("")}`;
}

function formatRemoval({ fingerprint, stillTrusted }: DistrustReport): string {
  if (fingerprint === null) {
    return "This host has no certificate for a cluster.";
  }
  return stillTrusted
    ? `Deleted the key. To make the cluster forget it, run 'incus config trust remove ${fingerprint.slice(0, 12)}' on a member.`
    : "Deleted the key; the cluster no longer trusts it.";
}
