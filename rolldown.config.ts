import { defineConfig, type RolldownOptions } from "rolldown";
import { pageFiles } from "./scripts/page-files.ts";
import { thirdPartyNotices } from "./scripts/third-party-notices.ts";

const output = {
  format: "esm",
  // Names stay, for what --debug shows.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
} satisfies RolldownOptions["output"];

/**
 * The programs as few files: reading a hundred modules one by one is what most of a short command's time would go
 * for. Every file of dist lies two folders deep, as the sources do that look for what is beside them (`../../etc`).
 */
export default defineConfig([
  {
    platform: "node",
    plugins: [thirdPartyNotices()],
    input: {
      "cli/main": "src/cli/program/main.ts",
      "bench/probe": "src/bench/probe/main.ts",
    },
    output: { ...output, dir: "dist", chunkFileNames: "chunks/[name]-[hash].js", cleanDir: true },
  },
  {
    platform: "node",
    // Run as a copy that lies elsewhere, so it must not need another file.
    plugins: [thirdPartyNotices()],
    input: "src/lab/bmc-proxy.ts",
    output: { ...output, file: "dist/bmc/proxy.mjs", codeSplitting: false },
  },
  {
    platform: "browser",
    plugins: [
      thirdPartyNotices(),
      pageFiles([
        ...["index.html", "base.css", "picture.css", "tables.css", "parts.css", "icon.svg"].map(
          (name) => `src/web/page/${name}`,
        ),
        "node_modules/@xterm/xterm/css/xterm.css",
      ]),
    ],
    input: { page: "src/web/page/main.tsx" },
    // Consoles, which are large, are loaded when the first is opened.
    output: { format: "esm", minify: true, dir: "dist/web", chunkFileNames: "[name]-[hash].js" },
  },
]);
