/** Properties that make a part of a picture a button, for mouse, keyboard and screen reader. */
export function pressable(label: string, onPress: () => void) {
  return {
    role: "button",
    tabIndex: 0,
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
