import { fileURLToPath } from "node:url";

/**
 * Where one of the product's own files lies: `etc/ikvswitch.conf`, `templates`, `libexec/from-memory`.
 * This file lies two folders deep in the sources, and so does every bundle in dist: only here is that relied on.
 * @param name from the product's root on.
 */
export function productPath(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}

/** Folders of the files that come with the product. */
export interface ProductFolders {
  readonly templates: string;
  readonly guest: string;
  readonly libexec: string;
}

export function productFolders(): ProductFolders {
  return {
    templates: productPath("templates"),
    guest: productPath("guest"),
    libexec: productPath("libexec"),
  };
}
