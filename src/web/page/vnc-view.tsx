import { useEffect, useRef, useState } from "preact/hooks";
import { call, socketUrl, textOf } from "./api.ts";
import type { OpenTerminal } from "./props.ts";

interface VncViewProps {
  readonly terminal: OpenTerminal;
  /** The keyboard is to leave the console, which takes every other key. */
  readonly onLeave: () => void;
}

/** A graphical console. Loads noVNC when the first is opened. */
export function VncView({ terminal: { of, name }, onLeave }: VncViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const [status, setStatus] = useState("Connecting…");
  useEffect(() => {
    let isGone = false;
    let close = () => {};
    const begin = async () => {
      const [{ default: RFB }, { password }] = await Promise.all([
        import("@novnc/novnc"),
        // The sockets of VMs in racks have none.
        of === "vms"
          ? { password: null }
          : call<{ readonly password: string | null }>("GET", `/nodes/${name}/vnc`),
      ]);
      if (isGone || place.current === null) {
        return;
      }
      const screen = new RFB(place.current, socketUrl(`/${of}/${name}/vnc`), {
        credentials: { password: password ?? "" },
        shared: true,
      });
      screen.scaleViewport = true;
      screen.addEventListener("connect", () => {
        setStatus("");
        screen.focus();
      });
      screen.addEventListener("disconnect", () => setStatus("The connection has ended."));
      screen.addEventListener("securityfailure", () => setStatus("The machine refuses the password."));
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
        data-vnc={name}
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
