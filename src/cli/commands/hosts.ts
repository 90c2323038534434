import { isEnclosed } from "../../enclosure/inside.ts";
import { UsageError } from "../../errors.ts";
import { command, commandGroup } from "../command.ts";
import { loadContext } from "../context.ts";
import { blockMark, changeLines, type InstallOptions, installAction, withInstall } from "../install-lines.ts";
import { print, tell } from "../output.ts";
import { placeOf } from "../place.ts";
import { printDocument } from "../print-document.ts";

const FILE = "/etc/hosts";

const membersCommand = command({
  command: "ls",
  describe: "List the hosts that the switches run on, and what is planned there",
  run: async (options) => {
    const { fabric } = await loadContext(options, "file");
    const { formatMembers, reportMembers } = await import("../../hosts/members.ts");
    const members = reportMembers(fabric);
    if (options.json) {
      printDocument("hosts ls", { members });
    } else if (members.length === 0) {
      tell("All switches run on this host: HOSTS is empty.");
    } else {
      print(formatMembers(members));
    }
  },
});

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
