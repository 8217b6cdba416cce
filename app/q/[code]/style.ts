/** What the page of a code has besides other public pages. */
export const style = `
main { padding: 32px 32px 24px; }
.from { margin-bottom: 8px; }
.offer { margin: 0 0 10px; color: var(--text); font-size: 17px; line-height: 1.45; white-space: pre-line; overflow-wrap: anywhere; }
.state { display: inline-block; margin: 0; padding: 3px 12px; border: 1px solid var(--line); border-radius: 99px; color: var(--text); font-size: 14px; font-weight: 550; }
.over { border-color: currentColor; color: light-dark(#a3271e, #ff9d94); }
figure { margin: 24px 0 0; }
svg { display: block; width: min(100%, 264px); margin: 0 auto; border-radius: 14px; }
figcaption { margin-top: 14px; }
.label { display: block; color: var(--quiet); font-size: 13px; }
.code { font: 600 25px/1.3 ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; letter-spacing: 0.03em; white-space: nowrap; overflow-wrap: normal; user-select: all; }
.note { margin: 14px 0 0; }
.links { display: flex; flex-wrap: wrap; justify-content: center; gap: 4px 22px; margin: 18px 0 0; font-size: 14px; }
.links a { padding: 8px 4px; border-radius: 6px; color: var(--quiet); text-underline-offset: 3px; }
.links a:hover { color: var(--text); }
.links a:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
@media (max-width: 480px) { body { padding: 16px 12px; } main { padding: 26px 18px 18px; } }
@media (max-width: 340px) { .code { font-size: 21px; } }
`;
