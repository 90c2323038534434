import { render } from "preact";
import { Entry } from "./entry.tsx";

const root = document.getElementById("page");
if (root !== null) {
  render(<Entry />, root);
}
