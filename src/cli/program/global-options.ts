import type { Argv } from "yargs";

/** Declares the options that every command takes, but for `--version` and `--help`, which are yargs' own. */
export function declareGlobalOptions(parser: Argv): Argv {
  return parser
    .option("name", {
      type: "string",
      requiresArg: true,
      describe: "Fabric, if this host has several: its file is /etc/ikvswitch/NAME.conf (default: ikvswitch)",
    })
    .option("config", {
      type: "string",
      requiresArg: true,
      describe:
        "Configuration file (default: $IKVSWITCH_CONF, /etc/ikvswitch/ikvswitch.conf, then the shipped one)",
    })
    .option("set", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe: "Override a setting: KEY=VALUE (repeatable)",
    })
    .option("set-file", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe: "Override a setting with a file's content, for secrets: KEY=FILE (repeatable)",
    })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" })
    .option("debug", { type: "boolean", default: false, describe: "Print a stack trace on failure" });
}
