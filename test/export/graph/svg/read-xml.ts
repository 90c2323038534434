export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly in the element, with entities resolved. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const TOKEN =
  /<\/(?<close>[\w-]+)>|<(?<open>[\w-]+)(?<attributes>(?: [\w:-]+="[^"<]*")*)(?<empty>\/?)>|(?<text>[^<]+)/y;

/**
 * Reads XML without comments, declarations and namespaces.
 *
 * @throws Error if it is not well-formed
 */
export function readXml(source: string): XmlElement {
  const root: OpenElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    const parent = open.at(-1);
    if (groups === undefined || parent === undefined) {
      throw new Error(`not well-formed at: ${source.slice(start, start + 80)}`);
    }
    if (groups.text !== undefined) {
      parent.text += resolve(groups.text);
    } else if (groups.open !== undefined) {
      const attributes = readAttributes(groups.attributes ?? "");
      const element: OpenElement = { name: groups.open, attributes, children: [], text: "" };
      parent.children.push(element);
      if (groups.empty === "") {
        open.push(element);
      }
    } else if (open.pop()?.name !== groups.close) {
      throw new Error(`</${groups.close}> closes nothing`);
    }
  }
  const [document] = root.children;
  if (open.length !== 1 || document === undefined || root.children.length !== 1 || root.text.trim() !== "") {
    throw new Error("not one element with everything in it");
  }
  return document;
}

function readAttributes(source: string): Record<string, string> {
  return Object.fromEntries(
    [...source.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, resolve(value)]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function resolve(source: string): string {
  return source.replaceAll(/&(\w*);?/g, (entity, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined || !entity.endsWith(";")) {
      throw new Error(`${entity} is no entity of XML`);
    }
    return character;
  });
}

/** Returns the elements of a name, in the order of the document. */
export function all(element: XmlElement, name: string): XmlElement[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => all(child, name)),
  ];
}

/** Returns the tooltips of all links. */
export function linkTitles(picture: XmlElement): string[] {
  return all(picture, "g")
    .filter((group) => (group.attributes.class ?? "").startsWith("link "))
    .flatMap((group) => group.children.filter((child) => child.name === "title").map((title) => title.text));
}
