import { expect, it } from "vitest";
import { instanceNames } from "../../src/incus/list-instances.ts";

it("names are read from the server's list of URLs, whichever its other lines are", () => {
  expect(
    instanceNames([
      "/1.0/instances/leaf2?project=fabric",
      "/1.0/instances/leaf1",
      "/1.0/containers/ikv7-leaf1?project=fabric",
      "/1.0/operations/1",
      7,
    ]),
  ).toEqual(["ikv7-leaf1", "leaf1", "leaf2"]);
  expect(instanceNames(undefined)).toEqual([]);
});
