import { fileURLToPath } from "node:url";

/**
 * Returns the path of one of the product's own files: `etc/ikvswitch.conf`, `templates`, `libexec/from-memory`.
 * This source file is two folders deep, and so is every bundle in dist: only this function relies on that.
 * @param name path below the product's root.
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
