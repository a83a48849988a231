// SPDX-License-Identifier: Apache-2.0
//
// What a page does when it is opened and used, seen from within: milliseconds from the start of the navigation.
import { pathToFileURL } from 'node:url';

// Writes down the long tasks, and clicks the first control as soon as the page has loaded.
export async function watchTasks(page) {
  await page.addInitScript(() => {
    const seen = { longest: 0 };
    globalThis.seen = seen;
    new PerformanceObserver((list) => { for (const task of list.getEntries()) seen.longest = Math.max(seen.longest, task.duration); }).observe({ type: 'longtask', buffered: true });
    // A frame has been drawn once a second one is asked for.
    globalThis.drawn = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))); });
    globalThis.used = async (act) => { const from = performance.now(); act(); await globalThis.drawn(); return performance.now() - from; };
    addEventListener('load', async () => {
      await globalThis.drawn();
      seen.drawn = performance.now();
      document.querySelector('.contents button')?.click();
      await globalThis.drawn();
      seen.answered = performance.now();
      seen.ready = true;
    });
  });
}

// Opens a report and uses everything that it offers. `drawn`: loaded and painted; `answered`: the click that unfolds the whole
// page, right after; `longest`: the longest task until then; `controls`: each by itself afterwards.
export async function interaction(page, path) {
  await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
  await page.waitForFunction(() => globalThis.seen.ready);
  return page.evaluate(async () => {
    const { seen, used } = globalThis;
    const controls = {};
    const buttons = document.querySelectorAll('.contents button');
    controls['fold all'] = await used(() => buttons[1].click());
    controls['one cause'] = await used(() => document.querySelector('.cause > summary').click());
    const filter = document.querySelector('.filter');
    if (filter) {
      const type = (text) => { filter.value = text; filter.dispatchEvent(new Event('input', { bubbles: true })); };
      controls.filter = await used(() => type('xid 31'));
      controls['filter cleared'] = await used(() => type(''));
    }
    const zoom = document.querySelector('.timeline-picture + .tools button');
    if (zoom) controls.zoom = await used(() => zoom.click());
    const other = document.querySelector('#tongue-2');
    if (other) controls.language = await used(() => other.click());
    return { ...seen, elements: document.querySelectorAll('*').length, controls };
  });
}
