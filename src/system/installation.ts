import { existsSync } from "node:fs";
import { productPath } from "./product-path.ts";

/** How this program came to the host: as a clone of its repository, by Debian's package, or by npm. */
export type Installation = "clone" | "debian" | "npm";

/** @param root of the product's files; it ends with a slash. */
export function installationOf(root: string = productPath("")): Installation {
  if (root === "/usr/share/ikvswitch/") {
    return "debian";
  }
  return existsSync(`${root}scripts/setup`) ? "clone" : "npm";
}

/** Returns the commands that install a Debian package which a backend's switches need; a clone has a script for all. */
export function installationFix(
  debianPackage: string,
  backend: string,
  installation: Installation = installationOf(),
): string {
  const apt = `apt install --no-install-recommends ${debianPackage}`;
  return installation === "clone" ? `scripts/setup --backend ${backend}, or ${apt}` : apt;
}
