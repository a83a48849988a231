// SPDX-License-Identifier: Apache-2.0
//
// tests/page/screenshots: what the page looks like, into docs/screenshots/: the first screen at each width, light and dark,
// in both languages. Few colours where pngquant is at hand, so that the files stay small.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { launch, open } from './browser.mjs';
import { Reports, root } from './reports.mjs';

const shots = [
  { name: 'phone', seed: 'xinference-72b-hang', language: 'en', width: 390, height: 844 },
  { name: 'phone-dark-zh', seed: 'xinference-72b-hang', language: 'zh', width: 390, height: 844, colorScheme: 'dark' },
  { name: 'laptop', seed: 'a100-xid31-devices-busy', language: 'en', width: 1280, height: 800 },
  { name: 'laptop-dark', seed: 'a100-xid31-devices-busy', language: 'en', width: 1280, height: 800, colorScheme: 'dark' },
  { name: 'laptop-zh', seed: 'h20-prefill-decode-no-nvlink', language: 'zh', width: 1280, height: 800 },
  { name: 'wide', seed: 'h20-prefill-decode-no-nvlink', language: 'en', width: 1920, height: 1080 },
];

const folder = join(root, 'docs', 'screenshots');
mkdirSync(folder, { recursive: true });
const reports = new Reports();
const browser = await launch();
try {
  for (const { name, seed, language, width, height, colorScheme } of shots) {
    const report = reports.analyze(seed, join(root, 'corpus', seed), language);
    const { page, close } = await open(browser, report.html, { width, colorScheme });
    await page.setViewportSize({ width, height });
    const path = join(folder, `${name}-${width}.png`);
    await page.screenshot({ path, animations: 'disabled' });
    await close();
    try {
      execFileSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', '64', path], { stdio: 'ignore' });
    } catch { /* only smaller with it */ }
    console.log(`docs/screenshots/${name}-${width}.png ${Math.ceil(statSync(path).size / 1024)} KiB`);
  }
} finally {
  await browser.close();
  reports.remove();
}
