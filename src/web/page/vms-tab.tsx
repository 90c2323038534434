import type { VmView } from "../model/state.ts";
import { call } from "./api.ts";
import type { Actions, TabProps, TerminalKind } from "./props.ts";
import { SIGNS, type Tone } from "./words.ts";

const TONES: Readonly<Record<VmView["state"], Tone>> = { running: "good", off: "off", damaged: "bad" };

const CONSOLES: readonly (readonly [TerminalKind, string])[] = [
  ["ssh", "SSH"],
  ["console", "Serial console"],
  ["vnc", "VNC"],
];

/** The VMs in the racks, with their consoles. */
export function VmsTab({ state, actions }: TabProps) {
  if (state.vms.length === 0) {
    return (
      <p class="muted">
        No VM is in a rack. <code>ikvswitch vm create -t server --start</code> makes one.
      </p>
    );
  }
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">VM</th>
            <th scope="col">State</th>
            <th scope="col">Position</th>
            <th scope="col">Profile</th>
            <th scope="col">Power</th>
            <th scope="col">Consoles</th>
          </tr>
        </thead>
        <tbody>
          {state.vms.map(({ name, rack, position, profile, state: word }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class={`${TONES[word]} short`}>
                <span aria-hidden="true">{SIGNS[TONES[word]]}</span> {word}
              </td>
              <td class="numbers">{rack !== null && `rack ${rack} U${position}`}</td>
              <td>{profile}</td>
              <td>
                {word !== "damaged" && <Power name={name} isOn={word === "running"} actions={actions} />}
              </td>
              <td>
                <fieldset class="buttons" aria-label={`Consoles of ${name}`}>
                  {CONSOLES.map(([kind, label]) => (
                    <button
                      key={kind}
                      type="button"
                      disabled={word !== "running"}
                      onClick={() => actions.open({ of: "vms", name, kind })}
                    >
                      {label}
                    </button>
                  ))}
                </fieldset>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const POWER_WORDS = { start: "Start", stop: "Stop", restart: "Restart", reset: "Reset" } as const;

function Power({
  name,
  isOn,
  actions,
}: {
  readonly name: string;
  readonly isOn: boolean;
  readonly actions: Actions;
}) {
  const what = `power VM ${name}`;
  return (
    <fieldset class="buttons" aria-label={`Power of ${name}`}>
      {(isOn ? (["stop", "restart", "reset"] as const) : (["start"] as const)).map((action) => (
        <button
          key={action}
          type="button"
          disabled={actions.busy.has(what)}
          onClick={() => actions.run(what, () => call("POST", `/vms/${name}/power`, { action }))}
        >
          {POWER_WORDS[action]}
        </button>
      ))}
    </fieldset>
  );
}
