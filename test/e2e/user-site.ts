import { readFileSync } from "node:fs";
import { type Output, projectPath } from "../integration/namespace.ts";
import { BMC_PASSWORD, PASSWORD, STATE_DIR } from "./fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "./netns-site.ts";

export interface UserSite extends NetnsSite {
  /** Runs lines of bash as a user types them: `ikvswitch` needs no options. The first failure ends them. */
  type(lines: readonly string[]): Promise<Output>;
}

/** Creates a host whose switches are namespaces, with a configuration file, and the commands in PATH. */
export async function createUserSite(): Promise<UserSite> {
  const site = await createNetnsSite();
  await site.host.shell(SET_UP, { input: configuration() });
  return {
    ...site,
    type: (lines) =>
      site.host.run("bash", ["-c", ["set -e -o pipefail -x", "cd /run/user", ...lines].join("\n")], {
        env: { IKVSWITCH_CONF: "/run/user/ikvswitch.conf", PATH: `/run/user/bin:${process.env.PATH}` },
      }),
  };
}

const SET_UP = `mkdir /run/user
  ln -s ${projectPath("bin")} /run/user/bin
  cat >/run/user/ikvswitch.conf`;

/** Returns the shipped configuration with the tests' own folder and passwords. */
function configuration(): string {
  const shipped = readFileSync(projectPath("etc/ikvswitch.conf"), "utf8");
  return `${shipped}\nSTATE_DIR=${STATE_DIR}\nVM_ROOT_PASS=${PASSWORD}\nBMC_PASSWORD=${BMC_PASSWORD}\n`;
}
