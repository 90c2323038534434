import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import {
  addReservations,
  formatReservation,
  parseReservation,
  servingLeaves,
} from "../../src/fabric/reservations.ts";
import { shippedConfig } from "./config.ts";

const planned = planFabric(shippedConfig({ DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.110.9=db1"] }));

describe("reservations added to a plan", () => {
  it("are served by the leaf whose network has the address", () => {
    const added = ["52:54:00:00:00:02=192.168.111.10", "52:54:00:00:00:03=192.168.110.10=web1"];
    const { fabric, unfit } = addReservations(planned, added.map(parseReservation));
    expect(unfit).toEqual([]);
    expect(servingLeaves(fabric).map(({ dhcp }) => dhcp.reservations.map(formatReservation))).toEqual([
      ["52:54:00:00:00:01=192.168.110.9=db1", "52:54:00:00:00:03=192.168.110.10=web1"],
      ["52:54:00:00:00:02=192.168.111.10"],
      [],
    ]);
  });

  it.each([
    ["52:54:00:00:00:02=10.0.0.1", /^the address is in no rack's DHCP network: 192\.168\.110\.0\/24, /],
    ["52:54:00:00:00:02=192.168.110.1", /^192\.168\.110\.1 is the rack's router$/],
    ["52:54:00:00:00:02=192.168.110.255", /^the first and the last address/],
    ["52:54:00:00:00:01=192.168.110.10", /^52:54:00:00:00:01=192\.168\.110\.9=db1 is reserved$/],
    ["52:54:00:00:00:02=192.168.110.9", /is reserved$/],
    ["52:54:00:00:00:02=192.168.111.9=db1", /is reserved$/],
  ])("%s does not fit", (text, problem) => {
    const { fabric, unfit } = addReservations(planned, [parseReservation(text)]);
    expect(unfit).toEqual([{ reservation: parseReservation(text), problem: expect.stringMatching(problem) }]);
    expect(fabric).toEqual(planned);
  });

  it("don't contradict each other: the first one counts", () => {
    const added = ["52:54:00:00:00:02=192.168.110.10", "52:54:00:00:00:03=192.168.110.10"];
    expect(addReservations(planned, added.map(parseReservation)).unfit).toHaveLength(1);
  });
});
