/** How fast a sender goes, in words. */
export const rateWords = (perMinute: number | null): string =>
  perMinute === null ? 'As fast as the server takes them' : `${perMinute.toLocaleString('en')} a minute`;

/** How long it takes to write to so many people at that rate, in words. */
export function durationWords(perMinute: number, people: number): string {
  const minutes = people / perMinute;
  if (minutes < 1.5) return 'about a minute';
  if (minutes < 90) return `about ${Math.round(minutes)} minutes`;
  const hours = minutes / 60;
  if (hours < 36) return `about ${Math.round(hours)} hours`;
  return `about ${Math.round(hours / 24)} days`;
}
