import { defineConfig, type RolldownOptions } from "rolldown";
import { pageFiles } from "./scripts/page-files.ts";
import { thirdPartyNotices } from "./scripts/third-party-notices.ts";
import { withoutVFlag } from "./scripts/without-v-flag.ts";

const output = {
  format: "esm",
  // Names stay, for what --debug shows.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
} satisfies RolldownOptions["output"];

/** yargs runs on Debian 12's Node 18, though nobody supports that; its parser has this variable for it. */
const transform = {
  define: { "process.env.YARGS_MIN_NODE_VERSION": '"18"' },
} satisfies RolldownOptions["transform"];

/**
 * The programs as few files: reading a hundred modules one by one is what most of a short command's time would go
 * for. Every file of dist lies two folders deep, as the sources do that look for what is beside them (`../../etc`).
 */
export default defineConfig([
  {
    platform: "node",
    transform,
    plugins: [withoutVFlag(), thirdPartyNotices()],
    input: { "cli/main": "src/cli/program/main.ts", "cli/write-manual": "src/cli/program/write-manual.ts" },
    output: {
      ...output,
      dir: "dist",
      chunkFileNames: "chunks/[name]-[hash].js",
      cleanDir: true,
      codeSplitting: {
        groups: [
          // What every command loads.
          { name: "start", tags: ["$initial"], test: (id) => !id.endsWith("/write-manual.ts") },
          // What many commands load. Libraries, which are large, stay apart.
          { name: "common", test: /\/src\//, minShareCount: 6 },
        ],
      },
    },
  },
  {
    platform: "node",
    transform,
    input: "src/bench/probe/main.ts",
    output: { ...output, file: "dist/bench/probe.js", codeSplitting: false },
  },
  {
    platform: "node",
    // Run as a copy that lies elsewhere, so it must not need another file.
    transform,
    plugins: [withoutVFlag(), thirdPartyNotices()],
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
