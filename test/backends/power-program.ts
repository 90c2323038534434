// The program `power BACKEND RUN_DIR ACTION NODE`: a BMC's power actions, also for backends without BMCs.
import { findBackend } from "../../src/backends/find.ts";
import { BACKENDS } from "../../src/backends/index.ts";
import { localHost } from "../../src/system/local-host.ts";

const [, , name = "", runDir = "", action, node = ""] = process.argv;
const backend = await findBackend(BACKENDS, name);
const nodes = await backend.nodes(localHost(), runDir);

switch (action) {
  case "cut":
    await nodes.cutPower(node);
    break;
  case "button":
    await nodes.pressPowerButton(node);
    break;
  case "reset":
    await nodes.reset(node);
    break;
}
