import { expect, it } from "vitest";
import { changedKeys } from "../../src/config/changed-keys.ts";
import { readConfig } from "../../src/config/read.ts";

const keys = (one: string, other: string) =>
  changedKeys(readConfig(one, "a.conf"), readConfig(other, "a.conf"));

it("keys with another value are named if either file writes them, without those that follow", () => {
  expect(keys("NUM_U=5", "NUM_U=5\n# a comment\n")).toEqual([]);
  expect(keys("NUM_U=5\nAS_START=64600", "NUM_U=6")).toEqual(["NUM_U", "AS_START"]);
  expect(keys("HOST_VIRTUAL_SUBNET_END_PREFIX=128", "")).toEqual(["HOST_VIRTUAL_SUBNET_END_PREFIX"]);
});
