/** The part of noVNC that is used; it has no types of its own. */
declare module "@novnc/novnc" {
  export default class RFB extends EventTarget {
    constructor(
      target: HTMLElement,
      url: string,
      options: { readonly credentials: { readonly password: string }; readonly shared: boolean },
    );
    scaleViewport: boolean;
    disconnect(): void;
    focus(): void;
  }
}
