/** Style of the page that `status --html` writes: no font, picture or script is loaded. */
export const STATUS_STYLE: string = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2126; --quiet: #59636e; --line: #d0d7de;
  --ok: #1a7f37; --bad: #b3261e; --bad-back: #fdecea; --warn: #7a5200; --warn-back: #fff4d6; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14181d; --text: #e6edf3; --quiet: #9aa5b1; --line: #39424c;
    --ok: #57c26d; --bad: #ff8f86; --bad-back: #3a1a18; --warn: #f0c454; --warn-back: #342809; } }
* { box-sizing: border-box; }
body { background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; margin: 0 auto;
  max-width: 110rem; padding: 1.2rem 1.2rem 3rem; }
h1 { font-size: 1.3rem; margin: 0; }
p { margin: .3rem 0 1rem; }
.quiet, time { color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 40rem; width: 100%; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { border-bottom: 1px solid var(--line); padding: .55rem .8rem; text-align: left; vertical-align: top; }
thead th { border-bottom-width: 2px; white-space: nowrap; }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
.target + .target { border-top: 1px dashed var(--line); margin-top: .5rem; padding-top: .5rem; }
.target { border-left: 3px solid transparent; padding: .2rem .6rem .3rem; }
td { min-width: 15rem; width: 30%; }
.place { color: var(--quiet); font-size: .87em; }
.code, .unreadable { background: var(--bad-back); border-left-color: var(--bad); }
.unknown-origin, .absent { background: var(--warn-back); border-left-color: var(--warn); }
.state { font-weight: 600; }
.ok .state { color: var(--ok); }
.code .state, .unreadable .state { color: var(--bad); }
.unknown-origin .state, .absent .state { color: var(--warn); }
.target p { margin: .15rem 0; overflow-wrap: anywhere; }
.error p { margin: .2rem 0; }
.error { border-left: 3px solid var(--bad); background: var(--bad-back); margin: .6rem 0; padding: .4rem .8rem; }
code { font: .92em ui-monospace, monospace; }
@media (max-width: 44rem) {
  body { padding: .8rem; }
  table, tbody, tr, th, td, tbody td { display: block; min-width: 0; width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { border: 1px solid var(--line); border-radius: 8px; margin-bottom: .9rem; }
  th, td { padding: .5rem .7rem; }
  tr > :last-child { border-bottom: 0; }
  td::before { color: var(--quiet); content: attr(data-environment); display: block; font-size: .85rem; }
}
@media print { .scroll { overflow: visible; } }
`;
