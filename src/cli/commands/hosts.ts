import { BACKENDS } from "../../backends/index.ts";
import { isEnclosed } from "../../enclosure/inside.ts";
import { UsageError } from "../../errors.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { blockMark, changeLines, type InstallOptions, installAction, withInstall } from "../install-lines.ts";
import { print } from "../output.ts";
import { placeOf } from "../place.ts";
import { printDocument } from "../print-document.ts";

const FILE = "/etc/hosts";

interface MembersOptions extends GlobalOptions {
  readonly plan: boolean;
}

const membersCommand = command<MembersOptions>({
  command: "ls",
  describe: "List the hosts of the switches: state, load, what they hold (exit code 4: differences)",
  builder: (parser) =>
    parser
      .option("plan", {
        type: "boolean",
        default: false,
        describe: "List what the configuration plans on each host, and ask none of them",
      })
      .example("$0 hosts ls --plan", "see where HOSTS and PLACE put the switches, before 'up'"),
  run: listHosts,
});

async function listHosts(options: MembersOptions): Promise<void> {
  const { host, fabric, settings } = await loadContext(options, options.plan ? "file" : "running");
  const { observeHosts, plannedHosts } = await import("../../lab/hosts.ts");
  const { formatMembers } = await import("../../hosts/members.ts");
  const { formatHosts } = await import("../../hosts/format-hosts.ts");
  const report = options.plan
    ? plannedHosts(fabric)
    : await observeHosts(host, { settings, fabric, backends: BACKENDS });
  if (options.json) {
    printDocument("hosts ls", report);
  } else {
    print(options.plan ? formatMembers(report.members) : formatHosts(report));
  }
  process.exitCode = report.differences.length === 0 ? ExitCode.done : ExitCode.drift;
}

const linesCommand = command<InstallOptions>({
  command: "lines",
  describe: "Print or install the lines for /etc/hosts; also run by 'hosts' alone",
  builder: (parser) =>
    withInstall(parser, FILE)
      .example("$0 hosts --install", "then 'ping leaf3' works on this host")
      .example("$0 hosts --remove", "leave /etc/hosts as it was"),
  run: printOrInstall,
});

export const hostsCommand = commandGroup(
  "hosts",
  "Lines for /etc/hosts with all switches' names; list the hosts they run on",
  [linesCommand, membersCommand],
  linesCommand,
);

async function printOrInstall(options: InstallOptions): Promise<void> {
  const action = installAction(options);
  if (action !== "print" && isEnclosed(process.env)) {
    throw new UsageError(
      "an ordinary user's switches are not reachable from the host; use 'ikvswitch ssh-config --install'",
    );
  }
  const context = await loadContext(options);
  const { host, fabric } = context;
  const { currentBackend } = await import("../../backends/find.ts");
  const { formatHostEntries, hostEntries } = await import("../../export/hosts/host-entries.ts");
  const backend = await currentBackend(host, placeOf(context));
  const entries = hostEntries(fabric, { hasBmcs: backend.bmc !== undefined });
  const lines = formatHostEntries(entries);
  if (action === "print") {
    options.json ? printDocument("hosts", { entries }) : print(lines);
    return;
  }
  const isChanged = await changeLines(host, FILE, {
    mark: blockMark(context),
    at: "end",
    lines: action === "install" ? lines : null,
    newMode: 0o644,
  });
  if (options.json) {
    printDocument("hosts install", { action, file: FILE, changed: isChanged });
  } else {
    const outcome = {
      install: `has ${entries.length} lines of this fabric`,
      remove: "has no lines of this fabric",
    };
    print(`${FILE} ${outcome[action]}${isChanged ? "" : ", as before"}.`);
  }
}
