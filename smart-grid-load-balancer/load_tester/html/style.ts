/** The page's style sheet, with light and dark colours. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f9f9f7; --card: #ffffff; --ink: #1b1b19; --quiet: #5f5e5a; --rule: #e4e3de;
  --main: #2a78d6; --context: #a3a29c; --warning: #c98500; --bad: #d03b3b; --good: #1a7f37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131312; --card: #1c1c1a; --ink: #f2f1ed; --quiet: #b0afa8; --rule: #34332f;
    --main: #5598e7; --context: #7c7b75; --warning: #d99a1c; --bad: #e66767; --good: #4cb86a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 56px; }
h1 { font-size: 26px; margin: 0; }
h2 { font-size: 17px; margin: 0 0 4px; }
h3 { font-size: 14px; margin: 0; }
p { margin: 0 0 12px; color: var(--quiet); }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 18px 20px; margin-top: 18px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; margin-top: 18px; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 16px; }
.tile b { display: block; font-size: 24px; font-weight: 600; }
.tile span { color: var(--quiet); font-size: 13px; }
.pass { color: var(--good); } .fail { color: var(--bad); }
.verdict { margin: 10px 0 0; font-size: 17px; font-weight: 600; }
.verdict.pass { color: var(--good); } .verdict.fail { color: var(--bad); } .verdict.stopped { color: var(--warning); }
.findings { list-style: none; margin: 10px 0 0; padding: 0; }
.findings li { background: var(--card); border: 1px solid var(--rule); border-left: 4px solid var(--warning); border-radius: 6px; padding: 8px 14px; margin-top: 8px; overflow-wrap: anywhere; }
.findings .error { border-left-color: var(--bad); }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 16px; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin: 0 6px 0 14px; vertical-align: -1px; }
br + .key { margin-left: 0; }
.key.main { background: var(--main); } .key.context { background: var(--context); }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); } .tick, .note { fill: var(--quiet); font-size: 11px; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.main { stroke: var(--main); } .line.context { stroke: var(--context); }
.area { opacity: .14; } .area.main { fill: var(--main); } .area.context { fill: var(--context); }
.limit { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; }
/* Content that would become unreadable when narrower scrolls sideways. */
.scroll { overflow-x: auto; }
.scroll svg { min-width: 640px; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 400; padding: 4px 12px 4px 0; }
thead th { color: var(--quiet); font-size: 13px; border-bottom: 1px solid var(--rule); }
td { padding: 4px 12px 4px 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bars th { width: 34%; overflow-wrap: anywhere; } .bars .number { width: 14%; }
.bar span { display: block; height: 14px; border-radius: 0 4px 4px 0; min-width: 2px; }
.bar .main { background: var(--main); } .bar .warning { background: var(--warning); } .bar .bad { background: var(--bad); }
@media (max-width: 600px) {
  main { padding: 24px 12px 40px; }
  section { padding: 14px 14px; }
  .reasons th { width: 58%; }
  /* The wide chart is drawn at less than its size. */
  .scroll svg { overflow: visible; } .scroll svg text { font-size: 15px; }
  .scroll svg { padding-top: 8px; } .scroll .unit { transform: translateY(-6px); }
  .scroll table { font-size: 13px; } .scroll thead th { font-size: 12px; white-space: normal; vertical-align: bottom; }
  .scroll th, .scroll td { padding-right: 8px; } .scroll th:last-child, .scroll td:last-child { padding-right: 0; }
}
`;
