import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";

/**
 * A bundle's file THIRD-PARTY-NOTICES: name, version and licence text of every package whose code is in it, from the
 * package's own files. A package without a licence file ends the build.
 */
export function thirdPartyNotices(): Plugin {
  return {
    name: "third-party-notices",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      // A version that lies in two places is one package.
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

/** Of `/a/node_modules/@b/c/index.js`, `/a/node_modules/@b/c`; none for a file of our own. */
function packageFolder(module: string): string[] {
  const found = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(module);
  return found === null ? [] : [found[0]];
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) {
    throw new Error(`${name} has no licence file: its terms are not known`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
}
