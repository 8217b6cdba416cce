/** What one look has shown; with a fault, how to mend it. */
export type Finding =
  | { ok: true; check: string; says: string; mend?: string }
  | { ok: false; check: string; says: string; mend: string };

export const found = (check: string, says: string): Finding => ({ ok: true, check, says });
/** Nothing that keeps this installation from working, and yet better mended. */
export const advice = (check: string, says: string, mend: string): Finding => ({
  ok: true,
  check,
  says,
  mend,
});
export const fault = (check: string, says: string, mend: string): Finding => ({
  ok: false,
  check,
  says,
  mend,
});
