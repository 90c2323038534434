import { describe, expect, it } from "vitest";
import { DEFAULT_MARK } from "../../src/fabric/mark.ts";
import { blackholeActions, clearActions, downActions } from "../../src/faults/commands.ts";
import { faultLines, formatLinks } from "../../src/faults/format.ts";
import { type LinkState, linkState } from "../../src/faults/link-state.ts";
import { selectLink } from "../../src/faults/select.ts";
import { toned, withoutTones } from "../../src/format/tone.ts";
import type { Action } from "../../src/host/model/actions.ts";
import type { ObservedDevice } from "../../src/host/model/observed.ts";
import { builtHost, ethernet, smallFabric, withDevice } from "../host/network.ts";

const built = builtHost(smallFabric);
const link = selectLink(smallFabric, ["iksb12"]);

function seen(
  name = "iklt11",
  change: Partial<ObservedDevice> = {},
  more: readonly ObservedDevice[] = [],
): LinkState {
  const impairments = new Map([["iklt11", "loss 1 %"]]);
  const devices = [...withDevice(built, name, change).devices, ...more];
  return linkState(link, { member: null, devices, impairments });
}

function lines(actions: readonly Action[]): string {
  return actions
    .map((action) => (action.kind === "run" ? `${action.command.file}: ${action.command.input}` : ""))
    .join("");
}

const NOWHERE = { member: null, devices: [], impairments: new Map() };
const silent = { qdisc: "blackhole" } as const;
const down = { up: false, carrier: false } as const;
const impaired = { qdisc: "netem" } as const;

describe("a link", () => {
  it("is up without a fault, also if no server is attached", () => {
    expect(seen().state).toBe("up");
    expect(seen("iklt11", { carrier: false }).state).toBe("up");
  });

  it("is down, blackholed or impaired if either end is", () => {
    expect(seen("ikst12", down).state).toBe("down");
    expect(seen("iklt11", silent).state).toBe("blackholed");
    expect(seen("iklt11", impaired).state).toBe("impaired");
  });

  it("is missing without the host network", () => {
    expect(linkState(link, { ...NOWHERE, devices: [ethernet] }).state).toBe("missing");
  });

  it("goes down at both ends, with other ikvswitch ports on its bridge", () => {
    const probe: ObservedDevice = {
      ...ethernet,
      name: "probe1",
      group: DEFAULT_MARK.linkGroup,
      master: "iksb12",
    };
    const users: ObservedDevice = { ...ethernet, name: "vnet1", master: "iksb12" };
    expect(lines(downActions(seen("iklt11", {}, [probe, users])))).toBe(
      "ip: link set dev ikst12 down\nlink set dev iklt11 down\nlink set dev probe1 down\n",
    );
  });

  it("is blackholed in both directions, and not towards the host itself", () => {
    expect(lines(blackholeActions(seen()))).toBe(
      "tc: qdisc replace dev ikst12 root handle 696b: blackhole\nqdisc replace dev iklt11 root handle 696b: blackhole\n",
    );
    const hosts = linkState(selectLink(smallFabric, ["ikhb"]), { ...NOWHERE, devices: built.devices });
    expect(lines(blackholeActions(hosts))).toBe("tc: qdisc replace dev ikht root handle 696b: blackhole\n");
  });

  it("is cleared of only the faults that it has", () => {
    const removed = "tc: qdisc del dev iklt11 root\n";
    expect(clearActions(seen(), []).map(lines)).toEqual(["", ""]);
    expect(clearActions(seen("ikst12", down), []).map(lines)).toEqual(["ip: link set dev ikst12 up\n", ""]);
    expect(clearActions(seen("iklt11", silent), []).map(lines)).toEqual(["", removed]);
    expect(clearActions(seen("iklt11", impaired), []).map(lines)).toEqual(["", removed]);
  });

  it("stays blackholed at the end of a frozen switch", () => {
    expect(clearActions(seen("iklt11", silent), ["leaf1"]).map(lines)).toEqual(["", ""]);
    expect(clearActions(seen("iklt11", silent), ["spine1"]).map(lines)[1]).not.toBe("");
  });

  it("is listed with its ends, interfaces and state", () => {
    expect(withoutTones(formatLinks([seen("iklt11", impaired), seen("iklt11", { carrier: false })]))).toBe(
      [
        "LINK                      BRIDGE  INTERFACES     STATE",
        "spine1 ens5 – leaf1 ens4  iksb12  ikst12 iklt11  impaired: to leaf1 ens4 loss 1 %",
        "spine1 ens5 – leaf1 ens4  iksb12  ikst12 iklt11  up, leaf1 not connected",
      ].join("\n"),
    );
  });

  it("is listed in the colour of its state", () => {
    expect(formatLinks([seen("iklt11", impaired), seen("iklt11", { carrier: false })])).toMatch(
      new RegExp(`${toned("doubtful", "impaired.*")}\n.*${toned("good", "up, leaf1 not connected")}$`),
    );
  });

  it("has a line among the faults, unless it is blackholed because of a frozen switch", () => {
    const broken = seen("iklt11", silent);
    expect(faultLines({ links: [broken], frozen: [] })).toEqual([
      "fault: spine1 ens5 – leaf1 ens4 is blackholed (ikvswitch link up iksb12)",
    ]);
    expect(faultLines({ links: [broken], frozen: ["leaf1"] })).toEqual([
      "fault: leaf1 is frozen (ikvswitch node thaw leaf1)",
    ]);
    expect(faultLines({ links: [broken], frozen: ["spine1"] })).toHaveLength(2);
  });
});
