/** The style of the page, for both schemes of colour, narrow windows and paper. */
export const PAGE_STYLE = `
:root {
  --paper: #fcfcfb; --ink: #1d2125; --faint: #667079; --line: #dfe3e6; --lane: #f1f3f4;
  --step: #47708f; --provider: #2f8f83; --generator: #8263ad; --command: #8a949c; --failed: #c0392b;
  --wait: #e8a33d; --critical: #d9480f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16191c; --ink: #e6e9eb; --faint: #97a1a9; --line: #30363b; --lane: #1e2327;
    --step: #6b9dc2; --provider: #4db6a9; --generator: #a98ed6; --command: #76828b; --failed: #ef6b5e;
    --wait: #e0a84f; --critical: #ff8c4b;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 84rem; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .4rem; }
header p { margin: 0 0 .4rem; color: var(--faint); font-size: 1.05rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; font-size: 1.05rem; padding: 0 0 .5rem; }
th { text-align: left; font-weight: 400; }
thead th, thead td { color: var(--faint); font-size: .85rem; }
small { color: var(--faint); font-size: .8rem; }
.timeline { table-layout: fixed; }
.timeline th { width: 24rem; padding: .12rem .8rem .12rem 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.timeline th b { font-weight: inherit; }
.timeline:not(.units) .step > th b { font-weight: 600; }
.timeline .part > th { padding-left: 1.2rem; }
.timeline tr.step:not(:first-child) > * { border-top: 1px solid var(--line); }
.timeline tbody tr:hover { background: var(--lane); }
.timeline .time { width: 6.5rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.timeline .note { width: 7.5rem; padding-left: .8rem; color: var(--faint); font-size: .85rem; white-space: nowrap; }
.timeline thead td:last-child { width: 7.5rem; }
.skipped, .skipped small { color: var(--faint); }
.failed .note { color: var(--failed); font-weight: 600; }
.lane { position: relative; height: 1.6rem; padding: 0; background: var(--lane); }
.lane > i { position: absolute; top: .3rem; bottom: .3rem; border-radius: 2px; min-width: 2px; }
.bar { background: var(--step); }
.bar.provider { background: var(--provider); }
.bar.generator { background: var(--generator); }
.bar.command { background: var(--command); }
.bar.process-start { background: repeating-linear-gradient(90deg, var(--command) 0 2px, transparent 2px 4px); }
.bar.program { background: var(--step); }
.bar.manager { background: var(--line); }
.bar.unit { background: var(--command); }
.units th b { font-weight: inherit; }
.units .critical th { font-weight: 600; }
.bar.failed { background: var(--failed); }
.bar.unfinished, .bar.none { opacity: .55; }
.bar.critical { box-shadow: 0 3px 0 var(--critical); }
.wait { background: repeating-linear-gradient(135deg, var(--wait) 0 4px, transparent 4px 7px); outline: 1px solid var(--wait); }
.axis { background: none; height: 1.4rem; }
.axis > .tick { top: 0; bottom: 0; width: 0; min-width: 0; border-left: 1px solid var(--line); border-radius: 0; }
.tick u { position: absolute; left: .3rem; font-style: normal; text-decoration: none; white-space: nowrap; font-size: .75rem; }
.legend { color: var(--faint); font-size: .85rem; margin: .8rem 0 2rem; }
.legend i { display: inline-block; width: 1.4rem; height: .7rem; margin: 0 .25rem 0 1rem; border-radius: 2px; }
.legend i:first-child { margin-left: 0; }
.lists { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 2rem; align-items: start; }
.list td { padding: .15rem .8rem .15rem 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.list .ms { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; width: 5.5rem; }
.failure { list-style: none; margin: 0 0 1.5rem; padding: .7rem 1rem; border-left: 4px solid var(--failed); background: var(--lane); overflow-wrap: anywhere; }
@media (max-width: 50rem) {
  .timeline th { width: 11rem; }
  .timeline .note, .timeline thead td:last-child { display: none; }
}
@media print { body { max-width: none; padding: 0; } .lane, .bar, .wait { print-color-adjust: exact; } }
`
