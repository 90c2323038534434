import { FileError } from "../errors.ts";
import type { Host } from "./host.ts";

/** Required fields of a JSON document of ours, besides its version, and their types. */
export type DocumentForm = Readonly<Record<string, "string" | "number" | "array" | "object">>;

/** Result of reading a state file. */
export type StateFile<Document> =
  | { readonly kind: "none" }
  | { readonly kind: "whole"; readonly document: Document }
  /** Not in our format, or written by another version. `reason` is the end of "PATH is damaged: …". */
  | { readonly kind: "damaged"; readonly reason: string };

/** Manifests of a hundred switches are a tenth of this. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_TEXT_BYTES = 64 * 1024;

/**
 * Reads a JSON document of ours, which states the version of its format. The file is read without waiting and within
 * limits: a crash of the host can truncate a file that was just written, and people make mistakes.
 */
export async function readStateFile<Document extends { readonly version: number }>(
  host: Host,
  path: string,
  form: DocumentForm,
  version: Document["version"] = 1,
): Promise<StateFile<Document>> {
  const text = await readTextFile(host, path, MAX_BYTES);
  if (text.kind !== "whole") {
    return text;
  }
  const value = parse(text.document);
  const reason =
    value === undefined ? (text.document === "" ? "empty file" : "invalid JSON") : flaw(value, form, version);
  return reason === undefined ? { kind: "whole", document: value as Document } : { kind: "damaged", reason };
}

/**
 * Returns the document; undefined if it can't be used for any reason. For data that can be found out or created again.
 */
export async function readVersioned<Document extends { readonly version: 1 }>(
  host: Host,
  path: string,
  form: DocumentForm,
): Promise<Document | undefined> {
  const file = await readStateFile<Document>(host, path, form);
  return file.kind === "whole" ? file.document : undefined;
}

/**
 * Reads a short text of ours, such as a pid, in the same way; undefined if there is none, or it is not a regular file.
 */
export async function readStateText(
  host: Host,
  path: string,
  maxBytes = MAX_TEXT_BYTES,
): Promise<string | undefined> {
  const text = await readTextFile(host, path, maxBytes);
  return text.kind === "whole" ? text.document : undefined;
}

/** Reads a text of ours in the same way, with the reason if it can't be read. */
export async function readTextFile(host: Host, path: string, maxBytes: number): Promise<StateFile<string>> {
  try {
    const text = await host.readFile(path, { maxBytes, followLinks: false });
    return text === undefined ? { kind: "none" } : { kind: "whole", document: text };
  } catch (error) {
    if (error instanceof FileError) {
      return { kind: "damaged", reason: error.reason };
    }
    throw error;
  }
}

/** Writes a file of ours, replacing any file of the same name. */
export async function writeStateFile(
  host: Host,
  path: string,
  content: string | Uint8Array,
  mode?: number,
): Promise<void> {
  try {
    await host.writeFile(path, content, mode);
  } catch (error) {
    if (!(error instanceof FileError)) {
      throw error;
    }
    await host.remove(path);
    await host.writeFile(path, content, mode);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flaw(value: unknown, form: DocumentForm, version: number): string | undefined {
  if (kindOf(value) !== "object") {
    return "not a JSON object";
  }
  const document = value as Readonly<Record<string, unknown>>;
  if (document.version !== version) {
    return `version ${JSON.stringify(document.version) ?? "unknown"} instead of ${version}`;
  }
  const missing = Object.keys(form).find((key) => kindOf(document[key]) !== form[key]);
  return missing === undefined ? undefined : `"${missing}" must be of type ${form[missing]}`;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
