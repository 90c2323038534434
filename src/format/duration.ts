/** Formats a time with its two largest units: `3h12m`, `5m7s`, `42s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`;
}
