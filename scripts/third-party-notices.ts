import { readdirSync, readFileSync } from "node:fs";
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
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) {
    throw new Error(`package ${name} has no licence file in ${folder}`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
}
