import { describe, expect, it } from "vitest";
import { changePhases } from "../../src/host/commands.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { formatPhases } from "../../src/host/format.ts";
import { portsDown, withoutFaults } from "../../src/host/without-faults.ts";
import { builtHost, SETTINGS, smallFabric, withDevice } from "./network.ts";
import { startPhases } from "./start-phases.ts";

const built = builtHost(smallFabric);

describe("starting with injected faults on links", () => {
  const faulty = withDevice(
    withDevice(withDevice(built, "iklt11", { up: false, carrier: false }), "ikst13", { qdisc: "blackhole" }),
    "iklt21",
    { qdisc: "netem" },
  );

  it("clears them", () => {
    expect(formatPhases(startPhases(faulty))).toBe(`# Bring devices up, set addresses and route
ip -batch - <<'END'
link set group 26987 up
END

# Clear injected faults
tc -batch - <<'END'
qdisc del dev ikst13 root
qdisc del dev iklt21 root
END`);
  });

  it("keeps them on request, while it repairs other differences", () => {
    const observed = withDevice(withDevice(faulty, "iklt11", { mtu: 1500 }), "ikhn", { up: false });
    const all = diffNetwork(smallFabric, desiredNetwork(smallFabric, observed, SETTINGS), observed);
    const phases = changePhases(smallFabric, withoutFaults(all), true, portsDown(smallFabric, observed));
    expect(formatPhases(phases)).toBe(`# Create devices and firewall rules
ip -batch - <<'END'
link set dev iklt11 mtu 9000
END

# Bring devices up, set addresses and route
ip -batch - <<'END'
link set dev ikhn up
END`);
  });
});
