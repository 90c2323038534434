import { expect, it } from "vitest";
import { hasScreen, wiresharkCommand } from "../../src/capture/open-wireshark.ts";

const capture = { file: "tcpdump", args: ["-w", "-", "--", "host", "$(reboot)"] };

it("reads the capture from a pipe; no word reaches the shell unquoted", () => {
  expect(wiresharkCommand(capture, null, { DISPLAY: ":0" })).toEqual({
    file: "sh",
    args: ["-c", "tcpdump -w - -- host '$(reboot)' | wireshark -k -i -"],
  });
});

it("runs as the user who called sudo, at that user's screen", () => {
  const env = { DISPLAY: ":0; reboot", XAUTHORITY: "/home/ada/.Xauthority", HOME: "/root" };
  expect(wiresharkCommand(capture, { name: "ada", uid: 1000 }, env).args[1]).toBe(
    "tcpdump -w - -- host '$(reboot)' | runuser -u ada -- env 'DISPLAY=:0; reboot' " +
      "XAUTHORITY=/home/ada/.Xauthority XDG_RUNTIME_DIR=/run/user/1000 wireshark -k -i -",
  );
});

it("needs X or Wayland", () => {
  expect([{}, { DISPLAY: "" }, { DISPLAY: ":0" }, { WAYLAND_DISPLAY: "wayland-0" }].map(hasScreen)).toEqual([
    ...[false, false, true, true],
  ]);
});
