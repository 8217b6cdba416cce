/** How many of the moments (milliseconds, in order) lie in the fullest window that is open at its end. */
export function worstWindow(moments: number[], windowMs: number): number {
  let worst = 0;
  let first = 0;
  for (const [n, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= windowMs) first++;
    worst = Math.max(worst, n - first + 1);
  }
  return worst;
}

/** The pace from the first to the last moment, as part of the pace that a limit means. */
export function utilisation(moments: number[], { perSecond }: { perSecond: number }): number {
  const span = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  return span > 0 ? ((moments.length - 1) * 1000) / span / perSecond : 0;
}
