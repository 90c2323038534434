/*
 * Writes the pages of the manual into a folder: what `npm run build` does for dist/man. Their date is that of
 * SOURCE_DATE_EPOCH, which a package's build sets, or today's.
 */
import "../../system/earlier-node.ts";

// Loaded here, so that they are not in the file that every command loads.
const [{ localHost }, { manualOfPrograms }] = await Promise.all([
  import("../../system/local-host.ts"),
  import("./manual.ts"),
]);
const [folder = "."] = process.argv.slice(2);
const epoch = process.env.SOURCE_DATE_EPOCH;
const date = epoch === undefined ? new Date() : new Date(Number(epoch) * 1000);
const host = localHost();
await host.makeDirectory(folder, 0o755);
for (const { file, text } of manualOfPrograms(date.toISOString().slice(0, 10))) {
  await host.writeFile(`${folder}/${file}`, text, 0o644);
}
