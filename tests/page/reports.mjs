// SPDX-License-Identifier: Apache-2.0
//
// The reports that the tests look at: made anew by the program under test, in a folder of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const seeds = ['a100-xid31-devices-busy', 'h20-prefill-decode-no-nvlink', 'xinference-72b-hang', 'gpustack-70b-starting', 'gpu-memory-not-freed'];
export const languages = ['en', 'zh'];

export class Reports {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'gpm-page-'));
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }

  // {name, language, html, json, markdown}: html is a path, the others are read.
  analyze(name, bundle, language, options = []) {
    const path = join(this.folder, `${name}.${language}`);
    execFileSync(process.env.GPM_BINARY, ['analyze', bundle, '--lang', language, '--html', `${path}.html`, '--json', `${path}.json`, '--markdown', `${path}.md`, ...options],
      { stdio: ['ignore', 'ignore', 'inherit'] });
    return {
      name: `${name}.${language}`, language, html: `${path}.html`,
      json: JSON.parse(readFileSync(`${path}.json`, 'utf8')), markdown: readFileSync(`${path}.md`, 'utf8'),
    };
  }

  ofSeeds() {
    return seeds.flatMap((seed) => languages.map((language) => this.analyze(seed, join(root, 'corpus', seed), language)));
  }

  // A bundle whose every name and line is an attack (tests/hostile_bundle.h).
  ofHostileBundle() {
    const bundle = execFileSync(process.env.GPM_HOSTILE, ['bundle', join(this.folder, 'hostile')], { encoding: 'utf8' }).trimEnd();
    return languages.map((language) => this.analyze('hostile', bundle, language));
  }

  // The fullest page that there can be, in both languages: its path.
  huge() {
    return execFileSync(process.env.GPM_HOSTILE, ['huge', this.folder], { encoding: 'utf8' }).trimEnd();
  }

  // Pages whose every field is one attack, one page an attack (tests/hostile_strings.h): {name, html, markdown}: paths.
  ofHostileStrings() {
    const folder = join(this.folder, 'strings');
    const list = execFileSync(process.env.GPM_HOSTILE, ['pages', folder], { encoding: 'utf8', maxBuffer: 1 << 26 });
    return list.trimEnd().split('\n').map((name) => ({ name, html: join(folder, `${name}.html`), markdown: join(folder, `${name}.md`) }));
  }
}
