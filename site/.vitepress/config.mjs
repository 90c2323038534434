import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const pages = new URL("../pages/", import.meta.url);

/** The order of the pages; what is not named here is described at the end. */
const GROUPS = [
  ["Begin", ["readme", "tutorial", "from-the-original", "from-containerlab", "glossary"]],
  ["How to", ["howto-openstack", "howto-kubernetes", "howto-pxe", "howto-ci"]],
  ["Servers", ["servers", "vms", "libvirt", "kubernetes", "network-boot"]],
  [
    "Operate",
    [
      "check",
      "faults",
      "snapshots",
      "warm-start",
      "several-fabrics",
      "hosts",
      "rootless",
      "namespaces",
      "machines",
    ],
  ],
  [
    "Reference",
    ["commands", "configuration", "errors", "addressing", "ipv6", "uplinks", "host-network", "bmc"],
  ],
];

/** A page's first heading. */
function titleOf(name) {
  const heading = /^# (.+)$/m.exec(readFileSync(new URL(`${name}.md`, pages), "utf8"))?.[1] ?? name;
  return name === "readme" ? "Overview" : heading.replace(/^How to: /, "");
}

function group(text, names) {
  return { text, items: names.map((name) => ({ text: titleOf(name), link: `/${name}` })) };
}

const named = new Set(GROUPS.flatMap(([, names]) => names));
const others = readdirSync(pages)
  .filter((file) => file.endsWith(".md") && file !== "index.md")
  .map((file) => file.slice(0, -3))
  .filter((name) => !named.has(name));

export default defineConfig({
  title: "ikvswitch",
  description: "A datacenter fabric on one Linux machine",
  srcDir: "pages",
  outDir: "dist",
  // A folder of files that any web server can serve, and in any place of it.
  base: process.env.DOCS_BASE ?? "/",
  markdown: {
    // As on GitHub, so that links to headings work in both places.
    anchor: {
      slugify: (heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
    },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: "deep",
    sidebar: [...GROUPS.map(([text, names]) => group(text, names)), group("Inside", others)],
  },
});
