// SPDX-License-Identifier: Apache-2.0
//
// tests/page/interactive: how soon a large report can be read and used. Prints a table (docs/html-report.md has one); times
// depend on the machine and decide nothing. Size and elements are held by chromium.test.mjs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { largeIncident } from './incident.mjs';
import { interaction, watchTasks } from './interaction.mjs';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 1_000_000];
const runs = 5;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const seconds = (act) => { const from = process.hrtime.bigint(); act(); return Number(process.hrtime.bigint() - from) / 1e9; };

async function look(browser, html) {
  const seen = [];
  for (let i = 0; i < runs; ++i) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await watchTasks(page);
    seen.push(await interaction(page, html));
    await context.close();
  }
  const of = (name) => Math.round(median(seen.map((one) => one[name] ?? 0)));
  console.log(`  page ${(statSync(html).size / 1000).toFixed(0)} kB, ${seen[0].elements} elements`);
  console.log(`  loaded and drawn after ${of('drawn')} ms, first click answered after ${of('answered')} ms, longest task ${of('longest')} ms`);
  console.log(`  answered in ms: ${Object.keys(seen[0].controls).map((name) => `${name} ${Math.round(median(seen.map((one) => one.controls[name])))}`).join(', ')}`);
}

const folder = mkdtempSync(join(tmpdir(), 'gpm-interactive-'));
const browser = await launch();
try {
  for (const events of sizes) {
    const bundle = largeIncident(join(folder, String(events)), events);
    const read = readdirSync(bundle).reduce((sum, name) => sum + statSync(join(bundle, name)).size, 0);
    for (const language of ['en', 'en,zh']) {
      const html = join(folder, 'report.html');
      const analyze = (...views) => seconds(() => execFileSync(process.env.GPM_BINARY, ['analyze', bundle, '--quiet', '--lang', language, ...views], { stdio: 'ignore' }));
      const few = Array.from({ length: 3 });
      const plain = median(few.map(() => analyze())), withPage = median(few.map(() => analyze('--html', html)));
      console.log(`${events.toLocaleString('en')} events, ${(read / 2 ** 20).toFixed(1)} MiB of logs, --lang ${language}`);
      console.log(`  analysis ${plain.toFixed(2)} s, with --html ${withPage.toFixed(2)} s`);
      await look(browser, html);
    }
  }
  if (process.env.GPM_HOSTILE) {
    console.log('a result that fills every part of the page (tests/report/huge_fixtures_test.cc), --lang en,zh');
    await look(browser, execFileSync(process.env.GPM_HOSTILE, ['huge', folder], { encoding: 'utf8' }).trimEnd());
  }
  console.log(`median of ${runs} loads; ${cpus().length} cores, ${cpus()[0].model.trim()}, Chromium ${browser.version()}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
