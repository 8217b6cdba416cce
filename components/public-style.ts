/** The whole look of pages that are open to the world: they load nothing, so that they work for everybody, at once. */
export const publicStyle = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f5f5f8, #101114);
  --card: light-dark(#ffffff, #17181c);
  --line: light-dark(#e4e5ea, #2b2d34);
  --text: light-dark(#1b1d24, #e6e7eb);
  --quiet: light-dark(#5c6270, #a1a6b3);
  --accent: light-dark(#4652d3, #5964e0);
  --press: light-dark(#3d48c0, #4652d3);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  padding: 24px 16px;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.55 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  width: 100%;
  max-width: 440px;
  padding: 40px 36px 36px;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 16px;
  text-align: center;
}
.from { margin: 0 0 20px; color: var(--quiet); font-size: 14px; font-weight: 550; overflow-wrap: anywhere; }
h1 { margin: 0 0 10px; font-size: 23px; line-height: 1.25; font-weight: 640; letter-spacing: -0.015em; text-wrap: balance; }
p { margin: 0 0 12px; color: var(--quiet); text-wrap: pretty; }
strong { color: var(--text); font-weight: 600; overflow-wrap: anywhere; }
form { margin: 26px 0 0; }
button { font: inherit; cursor: pointer; border-radius: 10px; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
.main { width: 100%; padding: 12px 20px; border: 0; background: var(--accent); color: #fff; font-weight: 600; }
.main:hover { background: var(--press); }
.quiet { min-height: 40px; padding: 8px 16px; border: 1px solid var(--line); background: none; color: var(--text); font-size: 15px; font-weight: 550; }
.quiet:hover { border-color: var(--quiet); }
.note { margin: 22px 0 0; font-size: 14px; }
@media (max-width: 480px) { main { padding: 32px 22px 26px; } }
`;
