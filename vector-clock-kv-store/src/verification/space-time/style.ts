/** The page's style, with a light and a dark colour scheme. It loads no external resources. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #1d2129; --soft: #656d7a; --line: #e3e2de; --lane: #c3c7cf;
  --write: #2456d6; --deliver: #1a8754; --buffer: #b35f00; --buffer-fill: #ffb84d; --fault: #c7314a; --duplicate: #9aa1ad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12151b; --card: #191d25; --ink: #e8eaef; --soft: #99a2b1; --line: #2b313c; --lane: #454d5b;
    --write: #7ea2ff; --deliver: #4fc98d; --buffer: #ffb84d; --buffer-fill: #c77a10; --fault: #ff7088; --duplicate: #69717f;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 40px 24px 80px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 28px; letter-spacing: -0.02em; }
h2 { margin: 0; font-size: 20px; letter-spacing: -0.01em; }
p { margin: 6px 0 0; }
.soft { color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 20px 0 0; }
nav a { padding: 4px 12px; border: 1px solid var(--line); border-radius: 99px; background: var(--card); color: inherit; text-decoration: none; }
nav a:hover { border-color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 20px 0 0; padding: 0; list-style: none; font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 8px; }
section { margin-top: 32px; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
section > header { padding: 22px 26px 18px; }
.head { display: flex; align-items: center; gap: 12px; }
.result { padding: 2px 10px; border-radius: 99px; color: var(--card); font-size: 12px; font-weight: 700; letter-spacing: 0.05em; }
.result.pass { background: var(--deliver); }
.result.fail { background: var(--fault); }
.facts { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 12px 0 0; font-size: 13px; color: var(--soft); }
.facts b { color: var(--ink); font-variant-numeric: tabular-nums; }
.facts .waits b { color: var(--buffer); }
.notice { margin: 14px 0 0; padding: 8px 14px; border-left: 3px solid var(--fault); background: color-mix(in srgb, var(--fault) 9%, transparent); }
details { margin-top: 14px; font-size: 13.5px; }
summary { cursor: pointer; color: var(--soft); }
ol { margin: 8px 0 0; padding: 0; list-style: none; }
ol li { padding: 2px 0 2px 22px; text-indent: -22px; overflow-wrap: anywhere; }
ol li::before { display: inline-block; width: 22px; text-indent: 0; content: '·'; color: var(--soft); }
ol li.passed::before { content: '✓'; color: var(--deliver); }
ol li.failed::before { content: '✗'; color: var(--fault); }
ol code { color: var(--soft); font: 12px ui-monospace, monospace; }
.diagram { overflow: auto; max-height: 92vh; border-top: 1px solid var(--line); border-radius: 0 0 14px 14px; }
.hosts { position: sticky; top: 0; z-index: 1; height: 38px; background: color-mix(in srgb, var(--card) 92%, transparent); border-bottom: 1px solid var(--line); }
.hosts span { position: absolute; top: 6px; transform: translateX(-50%); padding: 1px 12px; border-radius: 99px; background: var(--ink); color: var(--card); font-size: 13px; font-weight: 600; white-space: nowrap; }
svg { display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg .time { text-anchor: end; fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
.tick { stroke: var(--line); stroke-dasharray: 2 5; }
.lane { stroke: var(--lane); stroke-width: 2; }
.message { fill: none; stroke: var(--deliver); stroke-width: 1.4; opacity: 0.75; marker-end: url(#to-delivered); }
.message.buffered { stroke: var(--buffer); stroke-width: 2; opacity: 1; marker-end: url(#to-buffered); }
.message.duplicate { stroke: var(--duplicate); stroke-dasharray: 4 4; marker-end: url(#to-duplicate); }
.message:hover { stroke-width: 3.5; opacity: 1; }
.wait { fill: var(--buffer-fill); opacity: 0.55; }
.fault-span { fill: url(#hatch); stroke: var(--fault); stroke-width: 0.75; }
.hatch { stroke: var(--fault); stroke-width: 2.4; opacity: 0.75; }
.mark circle, .mark rect { stroke: var(--card); stroke-width: 1.5; }
.write rect { fill: var(--write); }
.write text { font-weight: 600; fill: var(--write); }
.deliver circle { fill: var(--deliver); }
.deliver text { fill: var(--deliver); }
.buffer circle { fill: var(--buffer); }
.buffer text, .waited { font-weight: 700; fill: var(--buffer); }
.late circle { stroke: var(--buffer); stroke-width: 2.5; }
.send circle, .receive circle, .start circle, .snapshot circle { fill: var(--soft); }
.send text, .receive text { fill: var(--soft); font-size: 11px; }
.cross { fill: none; stroke: var(--fault); stroke-width: 2.2; stroke-linecap: round; }
.fault text, .refuse text { fill: var(--fault); }
.mark:hover text { text-decoration: underline; }
#to-delivered path { fill: var(--deliver); }
#to-buffered path { fill: var(--buffer); }
#to-duplicate path { fill: var(--duplicate); }
`;
