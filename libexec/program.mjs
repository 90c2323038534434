import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PROGRAM = new URL("../dist/cli/main.js", import.meta.url);

/**
 * Runs one of the programs, which `npm run build` makes: a clone does not have it yet.
 * @param {"ikvswitch" | "ikvswitch-host-networking" | "ikvswitch-setup"} name
 */
export async function runProgram(name) {
  if (!existsSync(PROGRAM)) {
    const folder = fileURLToPath(new URL("..", import.meta.url));
    console.error(
      `ikvswitch is not built. In ${folder} run 'npm start' as root, or 'npm ci && npm run build' without.`,
    );
    process.exit(1);
  }
  const { main } = await import(PROGRAM.href);
  await main(name, process.argv.slice(2));
}
