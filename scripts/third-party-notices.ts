import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";

/**
 * Adds the file THIRD-PARTY-NOTICES to a bundle: name, version and licence text of every package whose code is in the
 * bundle, from the package's own files. A package without a licence file fails the build.
 */
export function thirdPartyNotices(): Plugin {
  return {
    name: "third-party-notices",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      // The same version in two folders is one package.
      const notices = [...new Set([...new Set(modules.flatMap(packageFolder))].map(notice))].sort();
      this.emitFile({
        type: "asset",
        fileName: "THIRD-PARTY-NOTICES",
        source: `${["The programs in this folder contain code of these packages.", ...notices].join(RULE)}\n`,
      });
    },
  };
}

const RULE = `\n\n${"-".repeat(80)}\n\n`;

/** Returns a module's package folder: `/a/node_modules/@b/c` for `/a/node_modules/@b/c/index.js`; [] for our files. */
function packageFolder(module: string): string[] {
  const found = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(module);
  return found === null ? [] : [found[0]];
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const own = licenceIn(folder);
  if (own.length === 0) {
    throw new Error(`package ${name} has no licence file in ${folder}`);
  }
  const source = `Source: https://www.npmjs.com/package/${name}/v/${version}`;
  return [`${name} ${version} (${license})`, source, ...own, ...vendored(folder).flatMap(licenceIn)].join(
    "\n\n",
  );
}

/** Returns the folders of other projects' code in a package. */
function vendored(folder: string): string[] {
  const vendor = join(folder, "vendor");
  const entries = existsSync(vendor) ? readdirSync(vendor, { withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(vendor, name));
}

function licenceIn(folder: string): string[] {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return file === undefined ? [] : [readFileSync(join(folder, file), "utf8").trim()];
}
