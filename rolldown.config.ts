import { defineConfig } from "rolldown";

/**
 * The programs as few files: reading a hundred modules one by one is what most of a short command's time would go
 * for. Every file of dist lies two folders deep, as the sources do that look for what is beside them (`../../etc`).
 */
export default defineConfig({
  input: {
    "cli/main": "src/cli/main.ts",
    "bmc/attendant": "src/bmc/attendant/main.ts",
    "bench/probe": "src/bench/probe/main.ts",
  },
  platform: "node",
  output: {
    dir: "dist",
    format: "esm",
    chunkFileNames: "chunks/[name]-[hash].js",
    cleanDir: true,
    // Names stay, for what --debug shows.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
