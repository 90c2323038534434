import { expect, it } from "vitest";
import { passWordsOn } from "../../src/cli/pass-on.ts";

it.each([
  ["exec leaf1 ip -br address", "exec leaf1 -- ip -br address"],
  [
    "--config a.conf --set-file K=f --json ssh leaf1 -v",
    "--config a.conf --set-file K=f --json ssh leaf1 -- -v",
  ],
  ["exec leaf1 -- ip", "exec leaf1 -- ip"],
  ["exec", "exec"],
  ["exec -it leaf1 bash -l", "exec -it leaf1 -- bash -l"],
  ["exec leaf1,leaf2 ip link", "exec leaf1,leaf2 -- ip link"],
  ["exec --all -- ip -br link", "exec --all -- ip -br link"],
  ["exec --json --all ip -br link", "exec --json --all -- ip -br link"],
  ["exec --role leaf ip link", "exec --role leaf -- ip link"],
  ["exec --role=leaf -- ip link", "exec --role=leaf -- ip link"],
  ["exec --all", "exec --all"],
  ["ssh leaf1 --all", "ssh leaf1 -- --all"],
  ["--json enter ip -br link", "--json enter -- ip -br link"],
  ["enter -- ip", "enter -- ip"],
  ["enter --help", "enter --help"],
  ["enter", "enter --"],
  ["logs leaf1 --qemu", "logs leaf1 --qemu"],
])("`%s` is parsed as `%s`", (given, parsed) => {
  expect(passWordsOn(given.split(" "))).toEqual(parsed.split(" "));
});
