// SPDX-License-Identifier: Apache-2.0
//
// What a report tells people to type, where the bundle's hosts, pods and containers have names that a shell would run: real
// incidents with every name replaced. The script and the commands are parsed and run by bash where each command that they
// might call is a stand-in that only writes down how it was called.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { join } from 'node:path';
import { Reports, root } from './reports.mjs';

const reports = new Reports();
after(() => reports.remove());

const mark = join(reports.folder, 'executed');
const attacks = [
  `$(touch ${mark})`, `$(>${mark})`, `\`>${mark}\``, `a;>${mark};seized`, `a&>${mark}`, `a|seized`, `'>${mark}'`, `">${mark}"`, `a' ;>${mark}; '`,
  `a\n>${mark}\nseized`, `a\r\nseized`, `--privileged`, `-o>${mark}`, `\${IFS}>${mark}`, `\\";>${mark};"`, `#`, `~root`, `*`,
];
const incidents = [
  { bundle: 'a100-xid31-devices-busy', names: ['gpu-a100-01', 'llm-infer'] },
  { bundle: 'h20-prefill-decode-no-nvlink', names: ['gpu-h20-04', 'sglang-decode', 'sglang-prefill'] },
  { bundle: 'gpu-memory-not-freed', names: ['gpu-a100-07', 'rerank-7d5b9f6c48-8pw5r'] },
  { bundle: 'gpustack-70b-starting', names: ['gpu-a100-11'] },
];

// The words that a shell would call as commands, as stand-ins; and the few real ones that the script needs to get that far.
function standIns() {
  const path = join(reports.folder, 'path');
  mkdirSync(path);
  for (const name of ['touch', 'seized', 'sudo', 'kubectl', 'docker', 'nvidia-smi', 'dmesg', 'journalctl', 'fuser', 'lspci', 'grep', 'cat', 'ps', 'tail', 'py-spy', 'numactl', 'taskset', 'ls', 'ssh', 'timeout']) {
    writeFileSync(join(path, name), `#!/bin/bash\n{ printf '%s' ${name}; printf ' <%s>' "$@"; echo; } >> ${reports.folder}/calls\n`);
    chmodSync(join(path, name), 0o755);
  }
  for (const name of ['mkdir', 'tar', 'uname', 'gzip']) writeFileSync(join(path, name), `#!/bin/bash\nPATH=/usr/bin:/bin exec ${name} "$@"\n`, { mode: 0o755 });
  return path;
}
const path = standIns();

const bash = (script, ...options) => spawnSync('/bin/bash', [...options, '-s'], { input: script, cwd: join(reports.folder, 'cwd'), env: { PATH: path, HOME: reports.folder }, encoding: 'utf8', timeout: 60_000 });

function renamed({ bundle, names }, attack, folder) {
  cpSync(join(root, 'corpus', bundle), folder, { recursive: true });
  const replace = (at) => {
    for (const entry of readdirSync(at)) {
      const file = join(at, entry);
      if (statSync(file).isDirectory()) { replace(file); continue; }
      // In JSON and quoted YAML a name is written as such a string holds it.
      const written = /\.json$/.test(entry) ? JSON.stringify(attack).slice(1, -1) : /\.ya?ml$/.test(entry) ? JSON.stringify(attack) : attack;
      let text = readFileSync(file, 'latin1');
      for (const name of names) text = text.replaceAll(name, () => Buffer.from(written, 'utf8').toString('latin1'));
      writeFileSync(file, text, 'latin1');
    }
  };
  chmodSync(folder, 0o755);
  replace(folder);
  return folder;
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'" };
const scriptOf = (html) => /<pre class="script"[^>]*><code>([^<]*)<\/code>/.exec(readFileSync(html, 'utf8'))?.[1]
  .replace(/&(#?\w+);/g, (all, name) => entities[name] ?? String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : +name.slice(1))) ?? '';

const untouched = (what) => {
  assert.ok(!existsSync(mark), `${what} was executed`);
  const calls = existsSync(join(reports.folder, 'calls')) ? readFileSync(join(reports.folder, 'calls'), 'utf8') : '';
  for (const call of calls.split('\n')) {
    assert.ok(!/^(touch|seized)\b/.test(call), call);
    assert.ok(!call.includes('executed') && !call.includes('seized'), call);
  }
  return calls;
};

describe('names that a shell would run', () => {
  let scripts = 0, shown = 0, called = 0;
  for (const incident of incidents) {
    test(incident.bundle, () => {
      attacks.forEach((attack, number) => {
        const folder = join(reports.folder, `${incident.bundle}-${number}`);
        const report = reports.analyze(`${incident.bundle}-${number}`, renamed(incident, attack, folder), 'en', ['--quiet']);
        shown += JSON.stringify(report.json).includes(JSON.stringify(attack).slice(1, -1));
        mkdirSync(join(reports.folder, 'cwd'), { recursive: true });
        const script = scriptOf(report.html);
        const commands = [...report.json.causes.flatMap((cause) => cause.fixes).flatMap((fix) => [...fix.commands, ...fix.verify.map((check) => check.command)]), ...report.json.missing.map((one) => one.command)];
        for (const text of [script, ...commands.filter((command) => command && !/<[a-z_-]+>/.test(command))]) {
          const parsed = bash(text, '-n');
          assert.equal(parsed.stderr, '', `${JSON.stringify(attack)} in ${text}`);
          assert.equal(parsed.status, 0, text);
          if (text === script || !/^(export|cd|for|if|while)\b/.test(text)) bash(text);
          const calls = untouched(`${JSON.stringify(attack)} in ${text}`);
          called += calls.length > 0;
          rmSync(join(reports.folder, 'calls'), { force: true });
        }
        scripts += script.startsWith('#!/bin/sh\n');
        rmSync(join(reports.folder, 'cwd'), { recursive: true });
      });
    });
  }
  // Else the above would look at nothing.
  test('were there and something was run', () => {
    assert.ok(scripts > attacks.length, `${scripts} scripts`);
    assert.ok(shown > attacks.length, `${shown} reports show the name`);
    assert.ok(called > attacks.length * 4, `${called} commands were called`);
  });
  test('would be noticed', () => {
    mkdirSync(join(reports.folder, 'cwd'), { recursive: true });
    bash(`kubectl describe node ${attacks[3]}`);
    assert.throws(() => untouched('this'));
    rmSync(mark, { force: true });
  });
});
