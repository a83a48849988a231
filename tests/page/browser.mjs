// SPDX-License-Identifier: Apache-2.0
//
// Chromium, and a page that writes down whatever a report must not do.
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

// Chromium has no sandbox for root, nor in a chroot; what it shows here is our own.
export async function launch() {
  const executablePath = process.env.GPM_CHROMIUM ?? '/usr/bin/chromium';
  if (process.getuid?.() === 0) return chromium.launch({ executablePath, chromiumSandbox: false });
  return chromium.launch({ executablePath, chromiumSandbox: true }).catch(() => chromium.launch({ executablePath, chromiumSandbox: false }));
}

// A page and its `faults`, which grow with each request but the file's own, message, error, dialog, window, violation of the
// policy. `show` opens a report in it.
export async function watched(browser, { javascript = true, width = 1280, colorScheme = 'light' } = {}) {
  const context = await browser.newContext({ javaScriptEnabled: javascript, viewport: { width, height: 900 }, colorScheme, acceptDownloads: false });
  const page = await context.newPage();
  const faults = [];
  const fault = (what, text) => faults.push(`${what}: ${text}`.slice(0, 500));
  let url = '', requests = 0;
  context.on('request', (request) => {
    if (request.url().split('#')[0] !== url || ++requests > 1) fault('request', request.url());
  });
  context.on('page', (other) => fault('window', other.url()));
  page.on('console', (message) => fault('console', message.text()));
  page.on('pageerror', (error) => fault('error', String(error)));
  page.on('dialog', (dialog) => { fault('dialog', dialog.message()); dialog.dismiss(); });
  page.on('download', (download) => fault('download', download.url()));
  page.on('websocket', (socket) => fault('request', socket.url()));
  page.on('framenavigated', (frame) => { if (frame.url().split('#')[0] !== url) fault('navigation', frame.url()); });
  // A violation that is said to no console would still be an event.
  if (javascript) await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
  const show = (path) => {
    url = pathToFileURL(path).href;
    requests = 0;
    return page.goto(url, { waitUntil: 'load' });
  };
  return { page, faults, show, close: () => context.close() };
}

export async function open(browser, path, options) {
  const opened = await watched(browser, options);
  await opened.show(path);
  return opened;
}

export const openAllDetails = (page) => page.evaluate(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
