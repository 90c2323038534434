import { describe, expect, it } from "vitest";
import { runPerl } from "./run-perl.ts";

const NICS = ["aa:00:00:00:00:01 ens4", "aa:00:00:00:00:02 ens5", "aa:00:00:00:00:03 ens6"];
const SCRIPT = `
  my ($lines, @there) = @ARGV;
  my ($commands, $missing) = IkvSwitch::Nics::nic_commands([split /\\n/, $lines], { map { split /=/ } @there });
  print "$_\\n" for @$commands;
  print "missing: $_\\n" for @$missing;`;

/** Returns the commands for these devices, given by name and MAC. */
async function nicCommands(there: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const devices = Object.entries(there).map(([name, mac]) => `${name}=${mac}`);
  const { stdout, stderr } = await runPerl("Nics", SCRIPT, [NICS.join("\n"), ...devices]);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("a switch's NICs", () => {
  it("need no command when they have their names and MACs already", async () => {
    const there = { lo: "00:00:00:00:00:00", ens4: "aa:00:00:00:00:01", ens5: "aa:00:00:00:00:02" };
    expect(await nicCommands({ ...there, ens6: "aa:00:00:00:00:03" })).toEqual([]);
  });

  it("are named after their MACs", async () => {
    const there = { eth0: "aa:00:00:00:00:03", eth1: "aa:00:00:00:00:01", eth2: "aa:00:00:00:00:02" };
    expect(await nicCommands(there)).toEqual([
      "link set dev eth1 name ens4",
      "link set dev eth2 name ens5",
      "link set dev eth0 name ens6",
    ]);
  });

  it("are first renamed if they have names of others among them", async () => {
    const there = { ens5: "aa:00:00:00:00:01", ens4: "aa:00:00:00:00:02", ens6: "aa:00:00:00:00:03" };
    expect(await nicCommands(there)).toEqual([
      "link set dev ens4 down",
      "link set dev ens4 name ikvpark1",
      "link set dev ens5 down",
      "link set dev ens5 name ikvpark2",
      "link set dev ikvpark2 name ens4",
      "link set dev ikvpark1 name ens5",
    ]);
  });

  it("get their name even if a foreign NIC has it, which is renamed", async () => {
    const there = { ens4: "bb:00:00:00:00:09", ens5: "aa:00:00:00:00:02", ens6: "aa:00:00:00:00:03" };
    expect(await nicCommands({ ...there, eth0: "aa:00:00:00:00:01" })).toEqual([
      "link set dev ens4 down",
      "link set dev ens4 name ikvpark1",
      "link set dev eth0 name ens4",
    ]);
  });

  it("of a clone are found by their positions, and get the node's MACs", async () => {
    const there = { ens4: "02:69:6b:76:00:01", ens5: "02:69:6b:76:00:02", ens6: "02:69:6b:76:00:03" };
    expect(await nicCommands(there)).toEqual([
      "link set dev ens4 address aa:00:00:00:00:01 name ens4",
      "link set dev ens5 address aa:00:00:00:00:02 name ens5",
      "link set dev ens6 address aa:00:00:00:00:03 name ens6",
    ]);
  });

  it("that are missing are reported, and the others are set up", async () => {
    expect(await nicCommands({ eth0: "aa:00:00:00:00:02" })).toEqual([
      "link set dev eth0 name ens5",
      "missing: aa:00:00:00:00:01 ens4",
      "missing: aa:00:00:00:00:03 ens6",
    ]);
  });

  it("of a warm base are named by their positions, beyond a hundred as well", async () => {
    const script = "print qq($_\\n) for IkvSwitch::Nics::warm_base_commands({ map { split /=/ } @ARGV })";
    const there = ["eth0=02:69:6b:76:00:01", "eth1=02:69:6b:76:01:02", "lo=00:00:00:00:00:00"];
    expect((await runPerl("Nics", script, there)).stdout).toBe(
      "link set dev eth0 name ens4\nlink set dev eth1 name ens105\n",
    );
  });
});
