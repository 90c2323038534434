import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { CommandError, InterruptedError } from "../../src/errors.ts";
import { buildImage } from "../../src/image/build.ts";
import { imageRecipe, recipeId } from "../../src/image/recipe.ts";
import { currentRecipe } from "../../src/image/source.ts";
import { imageFolder, imagesFolder } from "../../src/image/store.ts";
import { canRunPrograms, whereProgramsRun } from "../../src/image/where-programs-run.ts";
import { findArchitecture } from "../../src/system/architecture.ts";
import { localHost } from "../../src/system/local-host.ts";
import { inProcessNamespace } from "../process-namespace.ts";
import { projectPath } from "./namespace.ts";

const host = localHost();
const GUEST = new URL("../../guest", import.meta.url).pathname;
/** The discard port, where nothing listens: every build fails at its first download, which apt tries four times. */
const UNREACHABLE = "http://127.0.0.1:9/debian";
/** A mirror without files, on which apt gives up at once. */
const emptyMirror = createHttpServer((_request, response) => response.writeHead(404).end());
let empty: string;

const recipeFor = (mirror: string) =>
  imageRecipe(
    {
      release: "trixie",
      mirror: mirror,
      securityMirror: mirror,
      extraPackages: [],
    },
    "x86_64",
    "",
  );

beforeAll(async () => {
  await once(emptyMirror.listen(0, "127.0.0.1"), "listening");
  empty = `http://127.0.0.1:${(emptyMirror.address() as AddressInfo).port}/debian`;
});

afterAll(() => emptyMirror.close());

let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "ikv-build-"));
});

afterEach(async () => {
  await rm(stateDir, { recursive: true });
});

async function failingBuild(mirror: string): Promise<readonly string[]> {
  const notes: string[] = [];
  const build = buildImage(host, {
    recipe: recipeFor(mirror),
    stateDir,
    guest: GUEST,
    note: (text) => notes.push(text),
  });
  await expect(build).rejects.toBeInstanceOf(CommandError);
  return notes;
}

describe("building an image from an unusable mirror", () => {
  it("fails with the output of mmdebstrap and the failed step, and leaves nothing", async () => {
    expect(await failingBuild(UNREACHABLE)).toContain("running apt-get update...");
    expect(await readdir(imagesFolder(stateDir))).toEqual([]);
  });

  it("keeps a damaged image of the same recipe", async () => {
    const folder = imageFolder(stateDir, recipeId(recipeFor(empty)));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "root.erofs"), "cut short");
    await failingBuild(empty);
    expect(await readdir(folder)).toEqual(["root.erofs"]);
  });
});

const settings = () => [`STATE_DIR=${stateDir}`, `DEBIAN_SECURITY_MIRROR=${empty}`];

/** Runs `image build` in a process namespace of its own, where its pid has no meaning for others. */
function buildElsewhere(mirror: string) {
  const [file = "", ...args] = inProcessNamespace([
    ...[projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf")],
    ...[...settings(), mirror].flatMap((setting) => ["--set", setting]),
    ...["image", "build"],
  ]);
  return execa(file, args, { reject: false });
}

it("an image can be built if the state directory is mounted noexec and nodev", async () => {
  const script = `
    mount -t tmpfs -o noexec,nodev,nosuid,noatime tmpfs "$1"
    cp /bin/true "$1"
    ! "$1/true" 2>/dev/null || exit 100
    flags=$(findmnt -n -o VFS-OPTIONS "$1")
    shift
    # As the build does, in a mount namespace of its own.
    unshare --mount --propagation private -- "$@"
    [ "$(findmnt -n -o VFS-OPTIONS "$IKV_TEST")" = "$flags" ] || exit 101`;
  const work = `cd "${stateDir}" && ./true && mknod null c 1 3 && echo >null && findmnt -n -o VFS-OPTIONS . | tail -n 1`;
  const { file, args } = whereProgramsRun(stateDir, { file: "sh", args: ["-ec", work] });
  const { stdout } = await execa(
    "unshare",
    ["--mount", "--propagation", "private", "--", "sh", "-ec", script, "sh", stateDir, file, ...args],
    { env: { IKV_TEST: stateDir } },
  );
  // The mount's other options are kept.
  expect(stdout).toBe("rw,noatime");
  expect(await canRunPrograms(host, `${stateDir}/not/yet/there`)).toBe(true);
});

describe("building an image from a slow mirror", () => {
  const mirror = createServer();
  let slow: string;

  beforeAll(async () => {
    await once(mirror.listen(0, "127.0.0.1"), "listening");
    const address = mirror.address();
    slow = `DEBIAN_MIRROR=http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/debian`;
  });

  afterAll(() => mirror.close());

  it("is not disturbed by other builds, in any process namespace, until it is killed", async () => {
    const asked = once(mirror, "connection");
    const build = buildElsewhere(slow);
    await asked;
    const [folder = ""] = await readdir(imagesFolder(stateDir));
    expect(folder).toMatch(/^\.building-[0-9a-f]{16}$/);
    const another = await buildElsewhere(`DEBIAN_MIRROR=${empty}`);
    expect(another).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("mmdebstrap") });
    expect(await readdir(imagesFolder(stateDir))).toEqual([folder]);
    build.kill("SIGKILL");
    await build;
    await failingBuild(empty);
    expect(await readdir(imagesFolder(stateDir))).toEqual([]);
  });

  it("makes a second build of the same image wait, which starts over if the first one is killed", async () => {
    const asked = once(mirror, "connection");
    const build = buildElsewhere(slow);
    await asked;
    const { config } = readConfig([...settings(), slow].join("\n"), null);
    const recipe = await currentRecipe(host, settingsOf(config), GUEST, await findArchitecture(host));
    const interruption = new AbortController();
    const notes = new EventEmitter();
    const waiting = once(notes, "waiting for another ikvswitch process, which builds it");
    const second = buildImage(localHost(interruption.signal), {
      ...{ recipe, stateDir, guest: GUEST },
      note: (text) => notes.emit(text),
    });
    await waiting;
    const askedAgain = once(mirror, "connection");
    build.kill("SIGKILL");
    await Promise.all([build, askedAgain]);
    interruption.abort(new InterruptedError());
    await expect(second).rejects.toBeInstanceOf(CommandError);
    expect(await readdir(imagesFolder(stateDir))).toEqual([]);
  });
});
