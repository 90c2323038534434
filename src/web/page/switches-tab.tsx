import type { TabProps } from "./props.ts";
import { nodeWord, SIGNS, sessionsWord, uptimeWord } from "./words.ts";

/** The table of all switches, as `status` has it. */
export function SwitchesTab({ plan, state, actions }: TabProps) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Switch</th>
            <th scope="col">State</th>
            <th scope="col">Sessions</th>
            <th scope="col">Uptime</th>
            <th scope="col">Loopback</th>
            <th scope="col">AS</th>
          </tr>
        </thead>
        <tbody>
          {plan.fabric.nodes.map((node) => {
            const own = state.nodes[node.name];
            const { tone, word } = nodeWord(own);
            return (
              <tr key={node.name}>
                <th scope="row">
                  <button
                    type="button"
                    class="link-button"
                    onClick={() => actions.select({ kind: "node", name: node.name })}
                  >
                    {node.name}
                  </button>
                </th>
                <td class={`${tone} short`}>
                  <span aria-hidden="true">{SIGNS[tone]}</span> {word}
                </td>
                <td class="numbers">{sessionsWord(own)}</td>
                <td class="numbers">{uptimeWord(own)}</td>
                <td class="mono">{String(node.loopback)}</td>
                <td class="mono">{node.asn}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
