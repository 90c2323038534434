import { useEffect, useRef, useState } from "preact/hooks";
import { call, socketUrl, textOf } from "./api.ts";

interface VncViewProps {
  readonly node: string;
  /** The keyboard is to leave the console, which takes every other key. */
  readonly onLeave: () => void;
}

/** A switch's graphical console. Loads noVNC when the first is opened. */
export function VncView({ node, onLeave }: VncViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const [status, setStatus] = useState("Connecting…");
  useEffect(() => {
    let isGone = false;
    let close = () => {};
    const begin = async () => {
      const [{ default: RFB }, { password }] = await Promise.all([
        import("@novnc/novnc"),
        call<{ readonly password: string | null }>("GET", `/nodes/${node}/vnc`),
      ]);
      if (isGone || place.current === null) {
        return;
      }
      const screen = new RFB(place.current, socketUrl(`/nodes/${node}/vnc`), {
        credentials: { password: password ?? "" },
        shared: true,
      });
      screen.scaleViewport = true;
      screen.addEventListener("connect", () => setStatus(""));
      screen.addEventListener("disconnect", () => setStatus("The connection has ended."));
      screen.addEventListener("securityfailure", () => setStatus("The switch refuses the password."));
      close = () => screen.disconnect();
    };
    begin().catch((error: unknown) => setStatus(textOf(error)));
    return () => {
      isGone = true;
      close();
    };
  }, []);
  return (
    <>
      {status !== "" && (
        <p class="muted" role="status">
          {status}
        </p>
      )}
      <div
        ref={place}
        class="vnc"
        data-vnc={node}
        // Before noVNC has it.
        onKeyDownCapture={(event) => {
          if (event.ctrlKey && event.key === "]") {
            event.preventDefault();
            event.stopPropagation();
            onLeave();
          }
        }}
      />
    </>
  );
}
