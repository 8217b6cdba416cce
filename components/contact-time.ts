/** A day in the workspace's own time zone: "22 Nov 2026". */
export function formatDay(moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(moment);
}
