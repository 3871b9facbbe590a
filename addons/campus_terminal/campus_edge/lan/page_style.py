"""The CSS of the status page."""

from typing import Final

STYLE: Final = """
:root {
  --ground: #f5f6f4; --sheet: #fff; --ink: #1c2321; --ink-2: #5b6663; --line: #e2e6e3;
  --good: #1c7c4d; --warn: #8a5a00; --bad: #b3261e; --idle: #9aa5a1;
  --good-soft: #e0f2e8; --warn-soft: #fbeed3; --bad-soft: #fbe3e1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111513; --sheet: #1a201d; --ink: #e8edea; --ink-2: #9aa7a2; --line: #2b3430;
    --good: #62cf97; --warn: #f0bd5b; --bad: #ff8a80; --idle: #66726d;
    --good-soft: #17362a; --warn-soft: #3a2d12; --bad-soft: #40201e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.45 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
}
main { max-width: 760px; margin: 0 auto; padding: 20px 16px 40px; }
header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin-bottom: 16px; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0; flex: 1 1 auto; overflow-wrap: anywhere; }
h2 { font-size: .95rem; font-weight: 600; color: var(--ink-2); margin: 24px 4px 8px; }
.pill { margin: 0; padding: 4px 14px; border-radius: 999px; font-weight: 600; }
.pill.good { color: var(--good); background: var(--good-soft); }
.pill.warn { color: var(--warn); background: var(--warn-soft); }
.pill.bad { color: var(--bad); background: var(--bad-soft); }
.facts, ul {
  margin: 0; padding: 0; list-style: none; background: var(--sheet);
  border: 1px solid var(--line); border-radius: 14px; overflow: hidden;
}
.facts { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); }
.facts div { background: var(--sheet); padding: 12px 16px; flex: 1 1 140px; }
@media (min-width: 640px) { .facts div { flex-basis: 200px; } }
dt { color: var(--ink-2); font-size: .85rem; }
dd { margin: 2px 0 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
dd.warn { color: var(--warn); }
small { display: block; color: var(--ink-2); font-size: .8rem; font-weight: 400; overflow-wrap: anywhere; }
li { display: flex; gap: 12px; align-items: center; padding: 10px 16px; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
li i { flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--idle); }
i.good { background: var(--good); } i.bad { background: var(--bad); }
.name { flex: 1; min-width: 0; font-weight: 600; overflow-wrap: anywhere; }
.taps .name { font-variant-numeric: tabular-nums; }
.state { color: var(--ink-2); text-align: right; }
.empty { color: var(--ink-2); }
footer { margin: 24px 4px 0; color: var(--ink-2); font-size: .85rem; }
a { color: inherit; }
"""
