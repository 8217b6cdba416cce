/** What one look has shown; with a fault, how to mend it. */
export type Finding =
  | { ok: true; check: string; says: string; mend?: undefined }
  | { ok: false; check: string; says: string; mend: string };

export const found = (check: string, says: string): Finding => ({ ok: true, check, says });
export const fault = (check: string, says: string, mend: string): Finding => ({
  ok: false,
  check,
  says,
  mend,
});
