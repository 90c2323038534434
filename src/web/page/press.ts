/** Properties that make a part of a picture a button, for mouse, keyboard and screen reader. */
export function pressable(
  label: string,
  onPress: () => void,
  state: { readonly "aria-pressed"?: boolean; readonly "aria-expanded"?: boolean } = {},
) {
  return {
    ...state,
    role: "button",
    // In lower case: names of attributes in SVG are as they are written.
    tabindex: 0,
    "aria-label": label,
    onClick: (event: Event) => {
      event.stopPropagation();
      onPress();
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        onPress();
      }
    },
  } as const;
}
