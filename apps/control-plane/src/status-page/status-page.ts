/** Style of the page: follows the light or dark preference of the browser. */
export const STATUS_STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1c2430;--dim:#5b6675;--line:#d9dee5;--ok:#1a7f4b;--warn:#a15c00;--bad:#b3261e;--accent:#2457c5}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--text:#e6eaf0;--dim:#98a4b3;--line:#2c3541;--ok:#5fce95;--warn:#f0b45a;--bad:#ff8a80;--accent:#8ab0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,sans-serif}
header,main{max-width:1080px;margin:0 auto;padding:16px 20px}header{display:flex;gap:16px;align-items:baseline;flex-wrap:wrap}
h1{font-size:20px;margin:0}h2{font-size:15px;margin:0 0 8px;color:var(--dim);font-weight:600}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin-bottom:16px;overflow-x:auto}
table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--dim);font-weight:500}th,td{padding:5px 12px 5px 0;border-top:1px solid var(--line);vertical-align:top}
thead th{border-top:0}.num{text-align:right;font-variant-numeric:tabular-nums}.ok{color:var(--ok)}.warn{color:var(--warn)}.bad{color:var(--bad)}.dim{color:var(--dim)}
.flow{display:grid;grid-template-columns:1fr 40px 1fr 40px 1fr;align-items:center;gap:8px}.box{border:1px solid var(--line);border-radius:10px;padding:12px;min-width:150px}
.box b{display:block;font-size:24px;font-variant-numeric:tabular-nums}.arrow{text-align:center;color:var(--accent);font-size:24px}
@media(max-width:640px){.flow{grid-template-columns:1fr}.arrow{transform:rotate(90deg)}}
`;

/** Script of the page: reads the API every three seconds; text is only ever set as text. */
export const STATUS_SCRIPT = `
'use strict';
const id = (name) => document.getElementById(name);
const el = (tag, text, cls) => { const node = document.createElement(tag); if (text !== undefined && text !== null) node.textContent = String(text); if (cls) node.className = cls; return node; };
let token = sessionStorage.getItem('adjoin-token');
async function read(path) {
  const response = await fetch('/api/v1/' + path, { headers: token ? { authorization: 'Bearer ' + token } : {} });
  if (response.status === 401 && !document.hidden) { token = prompt('Access token of the control-plane'); if (token) sessionStorage.setItem('adjoin-token', token); }
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ? body.error.code + ' ' + body.error.message : 'HTTP ' + response.status);
  return body;
}
function table(target, heads, rows, none) {
  const root = id(target); root.replaceChildren();
  if (rows.length === 0) { root.append(el('p', none, 'dim')); return; }
  const node = el('table'); const head = el('thead'); const line = el('tr');
  for (const [text, cls] of heads) line.append(el('th', text, cls));
  head.append(line); const body = el('tbody');
  for (const row of rows) { const tr = el('tr'); row.forEach((cell, i) => { const c = Array.isArray(cell) ? cell : [cell]; tr.append(el('td', c[0] === null ? '\\u2013' : c[0], [heads[i][1], c[1]].filter(Boolean).join(' '))); }); body.append(tr); }
  node.append(head, body); root.append(node);
}
function box(title, figure, lines) { const node = el('div', undefined, 'box'); node.append(el('span', title, 'dim'), el('b', figure)); for (const [text, cls] of lines) node.append(el('div', text, cls)); return node; }
const when = (at) => at ? new Date(at).toLocaleString() : null;
const age = (s) => s === null ? 'never' : s < 120 ? Math.round(s) + ' s' : s < 7200 ? Math.round(s / 60) + ' min' : Math.round(s / 3600) + ' h';
function flow(s) {
  const ad = s.connectors.filter((c) => c.type === 'ad'); const sum = (list, f) => list.reduce((n, x) => n + f(x), 0);
  const pend = sum(s.targets, (t) => t.pending.adds + t.pending.updates + t.pending.deletes);
  const backlog = sum(s.connectors, (c) => c.backlog); const errors = sum(s.connectors, (c) => c.errors);
  const oldest = ad.some((c) => c.freshnessSeconds === null) ? null : Math.max(0, ...ad.map((c) => c.freshnessSeconds));
  id('flow').replaceChildren(
    box('Active Directory', ad.length, [['forests, read ' + age(oldest) + (oldest === null ? '' : ' ago'), 'dim']]), el('div', '\\u2192', 'arrow'),
    box('Synchronization', backlog, [['objects waiting', 'dim'], [errors + ' with errors', errors ? 'bad' : 'dim']]), el('div', '\\u2192', 'arrow'),
    box('Microsoft Entra ID', pend, [['pending exports', 'dim'], [s.held.exports + ' held', s.held.exports ? 'warn' : 'dim'], [sum(s.targets, (t) => t.inFlight) + ' in flight, ' + sum(s.targets, (t) => t.unconfirmed) + ' to confirm', 'dim']]));
}
async function refresh() {
  try {
    const [s, holds, runs] = await Promise.all([read('status'), read('deletions'), read('runs?limit=15')]);
    id('state').textContent = s.ok ? 'all is well' : 'needs attention'; id('state').className = s.ok ? 'ok' : 'warn';
    id('mode').textContent = s.mode + (s.staging === 'on' ? ', staging mode: nothing is exported' : ''); id('at').textContent = when(s.at);
    flow(s);
    table('gates', [['Target'], ['Gate'], ['Reason'], ['Since'], ['Exports', 'num']], s.gates.map((g) => [g.target, [g.gate, 'warn'], g.reason, when(g.since), g.count]), 'No gate keeps exports back.');
    table('holds', [['Hold'], ['Target'], ['Status'], ['Objects', 'num'], ['Since']], holds.items.map((h) => [h.id, h.target, [h.status, h.status === 'held' ? 'warn' : 'dim'], h.count, when(h.createdAt)]), 'No deletions are held.');
    table('connectors', [['Connector'], ['Last complete import'], ['Read', 'num'], ['Backlog', 'num'], ['Errors', 'num']], s.connectors.map((c) => [c.name, c.lastCompleteImport ? when(c.lastCompleteImport.at) : 'none yet', age(c.freshnessSeconds), c.backlog, [c.errors, c.errors ? 'bad' : '']]), 'No connectors are configured.');
    table('processes', [['Process'], ['State'], ['Detail']], s.processes.map((p) => [p.name, [p.ready ? 'ready' : 'not ready', p.ready ? 'ok' : 'bad'], p.error || Object.entries(p.checks).filter(([, c]) => !c.ok).map(([n, c]) => n + ': ' + (c.detail || 'failing')).join('; ')]), '');
    table('runs', [['Started'], ['Connector'], ['Profile'], ['State'], ['Objects', 'num'], ['Error']], runs.items.map((r) => [when(r.startedAt || r.requestedAt), r.connector, r.profile, [r.state, r.state === 'failed' ? 'bad' : r.state === 'success' ? 'ok' : ''], r.counters.objects === undefined ? null : r.counters.objects, r.error ? r.error.code + ' ' + r.error.message : null]), 'No runs yet.');
  } catch (error) { id('state').textContent = error.message; id('state').className = 'bad'; }
  setTimeout(refresh, document.hidden ? 15000 : 3000);
}
refresh();
`;

const section = (id: string, title: string): string => `<section><h2>${title}</h2><div id="${id}"></div></section>`;

/** The read-only status page: one document without other files, so that it works wherever the process runs. */
export function statusPage(): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Adjoin</title><style>${STATUS_STYLE}</style></head><body>
<header><h1>Adjoin</h1><span id="state" aria-live="polite">loading</span><span id="mode" class="dim"></span><span id="at" class="dim"></span></header>
<main><section><h2>Flow</h2><div id="flow" class="flow"></div></section>
${section('gates', 'Gates')}${section('holds', 'Held deletions')}${section('connectors', 'Connectors')}${section('processes', 'Processes')}${section('runs', 'Recent runs')}
</main><script>${STATUS_SCRIPT}</script></body></html>`;
}
