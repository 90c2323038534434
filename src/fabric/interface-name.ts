/** A Linux interface name, 15 characters at most. */
export type InterfaceName = string;
