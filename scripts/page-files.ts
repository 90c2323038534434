import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "rolldown";

/** Adds these files to a bundle as they are, without folders. */
export function pageFiles(paths: readonly string[]): Plugin {
  return {
    name: "page-files",
    generateBundle() {
      for (const path of paths) {
        this.emitFile({ type: "asset", fileName: basename(path), source: readFileSync(path, "utf8") });
      }
    },
  };
}
