/** The style sheet of a page. No font, picture or sheet of anywhere else. */
export const htmlStyle: string = `
:root {
  color-scheme: light;
  --page: #f6f7f9;
  --card: #ffffff;
  --ink: #14181f;
  --soft: #59636f;
  --line: #e3e7ec;
  --hover: #f3f6fa;
  --head: #fafbfc;
  --accent: #3457d5;
  --bar: #b9c7f5;
  --good: #12753f;
  --good-back: #e4f6eb;
  --bad: #b3202c;
  --bad-back: #fdebec;
  --warn: #8a5300;
  --warn-back: #fdf3dc;
  --info: #2f4f8f;
  --info-back: #e9f0fd;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --page: #0e1116;
    --card: #161b22;
    --ink: #e8ecf1;
    --soft: #98a3b0;
    --line: #2a313b;
    --hover: #1d242d;
    --head: #1a2028;
    --accent: #8fa8ff;
    --bar: #3b4f94;
    --good: #62d391;
    --good-back: #12291c;
    --bad: #ff8a8f;
    --bad-back: #331719;
    --warn: #f0bd5d;
    --warn-back: #2e2410;
    --info: #9dbcff;
    --info-back: #182438;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 24px; -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--page);
  color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 12px; z-index: 2; padding: 6px 12px; background: var(--card); }

body > header, .page, body > footer { width: 100%; max-width: 1280px; margin: 0 auto; padding: 0 32px; }
body > header { padding-top: 40px; padding-bottom: 24px; }
.brand { display: flex; align-items: center; gap: 10px; margin: 0 0 14px; color: var(--soft); font-size: 13px; letter-spacing: 0.02em; }
.brand svg { width: 22px; height: 22px; color: var(--accent); }
.brand b { color: var(--ink); font-weight: 650; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; font-weight: 680; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h1 .folder { color: var(--soft); font-weight: 450; }
.page { display: grid; grid-template-columns: minmax(0, 1fr); gap: 40px; align-items: start; }
main { min-width: 0; }

nav { display: none; }
@media (min-width: 1020px) {
  .page.has-nav { grid-template-columns: 190px minmax(0, 1fr); }
  nav { display: block; position: sticky; top: 24px; max-height: calc(100vh - 48px); overflow: auto; font-size: 13.5px; }
}
nav h2 { margin: 4px 0 10px 12px; font-size: 11.5px; font-weight: 600; letter-spacing: 0.08em; text-transform: uppercase; color: var(--soft); }
nav ol { list-style: none; margin: 0; padding: 0; border-left: 1px solid var(--line); }
nav li a { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; margin-left: -1px; padding: 4px 12px; border-left: 2px solid transparent; color: var(--soft); text-decoration: none; overflow-wrap: anywhere; }
nav li.inner a { padding-left: 26px; }
nav li a:hover { color: var(--ink); }
nav li a[aria-current] { color: var(--ink); font-weight: 570; border-left-color: var(--accent); }

section { margin: 0 0 34px; }
h2, h3 { margin: 0 0 12px; letter-spacing: -0.01em; line-height: 1.3; overflow-wrap: anywhere; }
h2 { font-size: 19px; font-weight: 640; }
h3 { font-size: 16px; font-weight: 620; }
h2 small, h3 small { margin-left: 6px; color: var(--soft); font-size: 13px; font-weight: 450; letter-spacing: 0; }
.anchor { margin-left: 6px; color: var(--soft); text-decoration: none; font-weight: 400; opacity: 0; }
h2:hover .anchor, h3:hover .anchor, .anchor:focus { opacity: 1; }

.verdict { display: flex; gap: 18px; margin: 0 0 28px; padding: 20px 24px; border-radius: 14px; border: 1px solid transparent; }
.verdict > svg { flex: none; width: 40px; height: 40px; }
.verdict strong { display: block; font-size: 22px; line-height: 40px; font-weight: 680; letter-spacing: -0.01em; }
.verdict .counts { margin-left: 10px; font-size: 15px; font-weight: 450; letter-spacing: 0; opacity: 0.85; }
.verdict ul { margin: 2px 0 0; padding: 0; list-style: none; color: var(--ink); }
.verdict li { margin-top: 6px; overflow-wrap: anywhere; }
.verdict.pass { background: var(--good-back); border-color: color-mix(in srgb, var(--good) 28%, transparent); color: var(--good); }
.verdict.fail { background: var(--bad-back); border-color: color-mix(in srgb, var(--bad) 28%, transparent); color: var(--bad); }
.verdict.inconclusive { background: var(--warn-back); border-color: color-mix(in srgb, var(--warn) 28%, transparent); color: var(--warn); }
.verdict li b { font-weight: 600; }

.note { margin: 0 0 10px; padding: 10px 16px; border-radius: 10px; background: var(--info-back); overflow-wrap: anywhere; }
.note b { margin-right: 6px; font-weight: 640; color: var(--info); }
.note.success { background: var(--good-back); } .note.success b { color: var(--good); }
.note.warning { background: var(--warn-back); } .note.warning b { color: var(--warn); }
.note.error { background: var(--bad-back); } .note.error b { color: var(--bad); }
.notes { margin-bottom: 28px; }

dl { display: grid; grid-template-columns: fit-content(34%) minmax(0, 1fr); margin: 0; padding: 6px 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
dl > div { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; }
dl > div + div { border-top: 1px solid var(--line); }
dt, dd { margin: 0; padding: 7px 20px; overflow-wrap: anywhere; }
dt { color: var(--soft); }
dd { white-space: pre-wrap; font-variant-numeric: tabular-nums; }

.filter { display: flex; align-items: center; gap: 12px; margin: 0 0 10px; }
.filter input { width: min(340px, 100%); padding: 7px 12px; border: 1px solid var(--line); border-radius: 9px; background: var(--card); color: inherit; font: inherit; font-size: 14px; }
.filter output { color: var(--soft); font-size: 13.5px; }

.table { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: auto; }
.table.long { max-height: min(76vh, 820px); }
table { width: 100%; border-collapse: separate; border-spacing: 0; font-size: 14px; font-variant-numeric: tabular-nums; }
td, th { padding: 8px 13px; text-align: left; vertical-align: top; font-weight: 400; white-space: nowrap; border-top: 1px solid var(--line); }
td.num, th.num { text-align: right; }
td.wrap, th.wrap { min-width: 190px; white-space: pre-wrap; overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; z-index: 1; padding-top: 10px; padding-bottom: 10px; border-top: 0; background: var(--head); box-shadow: inset 0 -1px var(--line); color: var(--soft); font-size: 12.5px; font-weight: 600; white-space: nowrap; vertical-align: bottom; }
tbody tr:first-child > * { border-top: 0; }
tbody tr:hover > * { background: var(--hover); }
tbody th { font-weight: 540; }
thead button { display: inline-flex; align-items: center; gap: 5px; margin: -4px -8px; padding: 4px 8px; border: 0; border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer; }
thead button:hover, thead th[aria-sort] button { color: var(--ink); }
thead th.num button { flex-direction: row-reverse; }
thead button::after { content: ""; width: 7px; height: 10px; background: currentColor; opacity: 0; clip-path: polygon(50% 100%, 0 40%, 100% 40%); }
thead button:hover::after { opacity: 0.4; }
thead th[aria-sort] button::after { opacity: 1; }
thead th[aria-sort="ascending"] button::after { clip-path: polygon(50% 0, 0 60%, 100% 60%); }
.empty { padding: 14px 16px; color: var(--soft); }
.bar { display: inline-block; width: 110px; height: 6px; margin-right: 12px; border-radius: 3px; vertical-align: 1px; background: var(--line); overflow: hidden; }
.share { display: inline-block; min-width: 3.6em; }
.bar rect { fill: var(--bar); }

.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); }
.dim { color: var(--soft); } .strong { font-weight: 650; }
.badge { display: inline-block; white-space: nowrap; padding: 0 9px; border-radius: 999px; font-size: 12.5px; line-height: 21px; font-weight: 600; }
.badge.good { background: var(--good-back); }
.badge.bad, .badge.error { background: var(--bad-back); color: var(--bad); }
.badge.warn, .badge.warning { background: var(--warn-back); color: var(--warn); }
.badge.info { background: var(--info-back); color: var(--info); }

.findings p { margin: 0; }
.findings .finding { min-width: 300px; white-space: normal; }
.findings .fix { margin-top: 3px; color: var(--soft); font-weight: 400; }
.findings .fix::before { content: "→ "; color: var(--accent); }
.findings .facts { margin-top: 4px; color: var(--soft); font-size: 12.5px; font-weight: 400; }
.findings .where { font-size: 13px; color: var(--soft); }
code, pre { font-family: var(--mono); }
code { font-size: 0.94em; }
pre { margin: 0; padding: 16px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: auto; font-size: 13px; line-height: 1.5; tab-size: 2; }
pre.long { max-height: 76vh; }

.chart { margin: 0; padding: 18px 20px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.chart > div { overflow-x: auto; }
.chart svg { display: block; width: 100%; min-width: 640px; max-width: 940px; height: auto; margin: 0 auto; font-variant-numeric: tabular-nums; }
.chart figcaption { max-width: 940px; margin: 12px auto 0; color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere; }

details { border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
summary { padding: 10px 20px; cursor: pointer; color: var(--soft); font-size: 14px; }
details pre { border: 0; border-top: 1px solid var(--line); border-radius: 0 0 12px 12px; }
body > footer { padding-top: 4px; padding-bottom: 40px; color: var(--soft); font-size: 13px; }

@media (max-width: 640px) {
  body > header, .page, body > footer { padding-left: 16px; padding-right: 16px; }
  body > header { padding-top: 24px; }
  h1 { font-size: 23px; }
  dl { display: block; }
  dl > div { display: block; padding: 8px 16px; }
  dt, dd { padding: 0; }
  dt { font-size: 13px; }
  .bar { width: 56px; }
  .verdict { padding: 16px; }
}
@media print {
  @page { margin: 14mm; }
  body { background: none; font-size: 10.5pt; }
  body > header, .page, body > footer { max-width: none; padding-left: 0; padding-right: 0; }
  body > header { padding-top: 0; }
  .page, .page.has-nav { display: block; }
  nav, .filter, .anchor, .skip { display: none; }
  .table, .table.long, pre, pre.long { max-height: none; overflow: visible; }
  table { font-size: 9pt; }
  td, th { padding: 4px 8px; white-space: normal; overflow-wrap: break-word; }
  td.wrap, th.wrap { overflow-wrap: anywhere; }
  td.wrap, th.wrap, .findings .finding { min-width: 0; }
  .bar { width: 60px; }
  thead th { position: static; }
  thead button::after { display: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  h2, h3, thead { break-after: avoid; }
  .chart { padding: 10px 0; border: 0; }
  .chart > div { overflow: visible; }
  .chart svg { min-width: 0; }
  tr, .note, .verdict, dl > div, .chart { break-inside: avoid; }
  .verdict, .note, .badge, .bar rect, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media (forced-colors: active) { .badge, .verdict, .note { border: 1px solid; } }
`;
