// SPDX-License-Identifier: Apache-2.0
//
// The Markdown view through a renderer of GitHub's flavour (CommonMark, tables, bare addresses, tasks, strikethrough) that
// lets HTML through: what the bundle says must come out as text. Mentions and references are made of the text after
// rendering, by GitHub and GitLab alike, and are looked for there.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { Reports } from './reports.mjs';

const reports = new Reports();
after(() => reports.remove());

const render = (markdown) => micromark(markdown, { allowDangerousHtml: true, allowDangerousProtocol: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });

// Elements in their order, and the text outside of code.
function parts(html) {
  const elements = [...html.matchAll(/<(\/?[a-z][a-z0-9]*)([^>]*)>/gi)].map((m) => m[1] + (m[2].replace(/ class="language-(text|sh)"/, '').trim() ? ` ${m[2].trim()}` : ''));
  const prose = html.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, ' ').replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
  return { elements, prose };
}

const ours = new Set(['h3', 'h4', 'p', 'ul', 'ol', 'li', 'strong', 'em', 'code', 'pre'].flatMap((name) => [name, `/${name}`]));

// What GitHub, GitLab, Jira and Slack make of text outside of code.
const references = [
  ['a mention', /(^|[^\w`])@[a-z0-9]/i],
  ['an issue', /(^|[^\w&])#\d/],
  ['an issue of GitHub', /\bGH-\d/],
  ['a merge request', /(^|\W)!\d/],
  ['a snippet', /(^|\W)\$\d/],
  ['a milestone', /(^|\W)%[a-z0-9]/i],
  ['a label', /(^|\W)~[a-z0-9]/i],
  ['an epic', /(^|\W)&\d/],
  ['an address', /https?:\/\/|www\.[a-z]|[a-z0-9]@[a-z0-9]/i],
  ['a user of Jira', /\[~[a-z]/],
  ['an image of Jira', /![^\s!\u200b]+\.\w+!/],
  ['a channel of Slack', /<!\w|<@\w/],
];

function look(name, markdown) {
  const { elements, prose } = parts(render(markdown));
  assert.deepEqual(elements.filter((e) => !ours.has(e)), [], `${name}: no element but headings, lists, emphasis and code`);
  for (const [what, pattern] of references) assert.doesNotMatch(prose, pattern, `${name}: ${what}`);
  assert.doesNotMatch(markdown.replace(/^ *(`{3,})[\s\S]*?^ *\1$/gm, ''), /^\/[a-z]/m, `${name}: a command of GitLab`);
  assert.ok(markdown.split('\n').length <= 61, `${name}: ${markdown.split('\n').length} lines`);
  assert.doesNotMatch(markdown, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/, `${name}: no control or hidden character`);
  return { elements, prose };
}

test('the five incidents and the hostile bundle are a comment of at most 60 lines', () => {
  for (const report of [...reports.ofSeeds(), ...reports.ofHostileBundle()]) {
    const { elements } = look(report.name, report.markdown);
    assert.equal(elements.filter((e) => e === 'h3').length, 1, report.name);
    if (report.json.causes.length > 0) assert.ok(elements.includes('h4') && elements.includes('pre') && elements.includes('ol'), report.name);
  }
});

test('an attack in every field stays text', () => {
  const pages = reports.ofHostileStrings().map(({ name, markdown }) => [name, readFileSync(markdown, 'utf8')]);
  for (const [name, markdown] of pages) look(name, markdown);
  // The same report of a harmless word: no attack opens or closes anything.
  const plain = look(...pages[0]).elements;
  for (const [name, markdown] of pages) assert.deepEqual(look(name, markdown).elements, plain, name);
});
