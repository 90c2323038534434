import type { Command } from "../system/host.ts";
import { shellLine } from "../system/quote-for-shell.ts";

/** The user at whose screen Wireshark opens; null if that is the one who runs this. */
export interface ScreenUser {
  readonly name: string;
  readonly uid: number;
}

/** Variables by which a program finds the screen. */
const SCREEN = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"];

/** Reports whether these variables name a screen. */
export function hasScreen(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Returns the command that captures frames as root and shows them in Wireshark, which is not to run as root: after
 * `sudo`, it runs as the user who called that.
 * @param capture writes a pcap file to its output.
 */
export function wiresharkCommand(
  capture: Pick<Command, "file" | "args">,
  user: ScreenUser | null,
  env: NodeJS.ProcessEnv,
): Command {
  const wireshark = ["wireshark", "-k", "-i", "-"];
  const variables = SCREEN.flatMap((name) => (env[name] ? [`${name}=${env[name]}`] : []));
  const asUser =
    user === null
      ? wireshark
      : [
          ...["runuser", "-u", user.name, "--", "env"],
          ...variables,
          `XDG_RUNTIME_DIR=/run/user/${user.uid}`,
          ...wireshark,
        ];
  return { file: "sh", args: ["-c", `${shellLine([capture.file, ...capture.args])} | ${shellLine(asUser)}`] };
}
