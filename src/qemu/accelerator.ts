export type Accelerator = "kvm" | "tcg";
