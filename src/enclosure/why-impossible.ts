import type { MissingRequirement } from "../errors.ts";
import type { Host } from "../system/host.ts";

interface Setting {
  /** Below /proc/sys. */
  readonly path: string;
  readonly forbids: (value: string) => boolean;
  readonly fix: string;
}

/** Settings with which a kernel denies namespaces to ordinary users. */
const SETTINGS: readonly Setting[] = [
  {
    path: "user/max_user_namespaces",
    forbids: (value) => value === "0",
    fix: "sudo sysctl user.max_user_namespaces=65536",
  },
  {
    path: "kernel/unprivileged_userns_clone",
    forbids: (value) => value === "0",
    fix: "sudo sysctl kernel.unprivileged_userns_clone=1",
  },
  {
    path: "kernel/apparmor_restrict_unprivileged_userns",
    forbids: (value) => value !== "0",
    fix: "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
  },
];

const WHY = "an ordinary user's fabric runs in namespaces of that user; root needs none";

/**
 * Returns why no enclosure could be made.
 * @param said the last words of the programs that tried.
 */
export async function whyImpossible(host: Host, said: string): Promise<MissingRequirement> {
  const lines = said.split("\n").map((line) => line.trim());
  const reason = lines.findLast((line) => line !== "" && !line.startsWith("dmesg(1)")) ?? "";
  const values = await Promise.all(SETTINGS.map(({ path }) => host.readFile(`/proc/sys/${path}`)));
  const forbidding = SETTINGS.find(({ forbids }, index) => {
    const value = values[index]?.trim();
    return value !== undefined && forbids(value);
  });
  if (forbidding !== undefined) {
    const name = forbidding.path.replaceAll("/", ".");
    const value = values[SETTINGS.indexOf(forbidding)]?.trim();
    return {
      what: `${name}=${value} forbids namespaces to ordinary users (${reason})`,
      why: WHY,
      fix: `${forbidding.fix} (to keep it: a file in /etc/sysctl.d), or run the command with sudo`,
    };
  }
  return {
    what: `cannot make namespaces of this user: ${reason || "their first process ended"}`,
    why: WHY,
    fix: "in a container, unmask /proc and /sys and allow unshare and mount; or run the command with sudo",
  };
}
