// SPDX-License-Identifier: Apache-2.0
//
// A large incident as files: a job of 4,096 ranks on 512 hosts that never starts, nvidia-smi of eight hosts (64 GPUs), and
// kernel logs with as many different GPU events as are asked for. The same numbers give the same bytes.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const ranks = 4096, perHost = 8, smiHosts = 8;
const host = (n) => `node${String(n).padStart(3, '0')}`;
const bus = (gpu) => (0x1b + 0x11 * gpu).toString(16);
const stamp = (ms) => new Date(Date.UTC(2026, 2, 14, 2, 0, 0) + ms).toISOString();

const faults = [
  (pid, at) => `31, pid=${pid}, name=python, Ch 00000002, intr 00000000. MMU Fault: ENGINE GRAPHICS GPCCLIENT_T1_3 faulted @ 0x7f${at}_00000000. Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_READ`,
  (pid) => `13, pid=${pid}, name=python, Graphics SM Warp Exception on (GPC 0, TPC 1, SM 0): Illegal Instruction Parameter`,
  (pid) => `43, pid=${pid}, name=python, Ch 00000008`,
  (pid) => `45, pid=${pid}, name=python, Ch 00000010`,
  (pid) => `94, pid=${pid}, name=python, Contained: SM (0x1). RST: No, D-RST: No`,
];

// Text in pieces of a megabyte, so that no million lines are held.
class Writer {
  constructor(path) { this.file = openSync(path, 'w'); this.text = ''; }
  line(text) { this.text += `${text}\n`; if (this.text.length > 1 << 20) this.flush(); }
  flush() { writeSync(this.file, this.text); this.text = ''; }
  close() { this.flush(); closeSync(this.file); }
}

function kernelLogs(folder, events) {
  const logs = Array.from({ length: smiHosts }, (_, h) => new Writer(join(folder, `${host(h)}-kern.log`)));
  const step = 3_600_000 / events;  // all within an hour
  for (let i = 0; i < events; ++i) {
    const h = i % smiHosts, gpu = (i >> 3) % perHost;
    logs[h].line(`${stamp(i * step)} ${host(h)} kernel: NVRM: Xid (PCI:0000:${bus(gpu)}:00): ${faults[(i >> 6) % faults.length](2000 + i, (i * 4096).toString(16))}`);
  }
  for (const log of logs) log.close();
}

// Every 113th rank is never seen, every 61st gets no further than its start.
function jobLog(folder) {
  const log = new Writer(join(folder, 'job.log'));
  for (let rank = 0; rank < ranks; ++rank) {
    if (rank % 113 === 112) continue;
    const gpu = rank % perHost, h = host(Math.floor(rank / perHost)), pid = 3000 + gpu;
    const said = (text) => log.line(`${h}:${pid}:${pid} [${gpu}] NCCL INFO ${text}`);
    said(`Bootstrap : Using eth0:10.${rank >> 11}.${(rank >> 3) & 255}.2<0>`);
    if (rank % 61 !== 60) said(`ncclCommInitRank comm 0x5581${rank.toString(16).padStart(4, '0')}0 rank ${rank} nranks ${ranks} cudaDev ${gpu} nvmlDev ${gpu} busId ${bus(gpu)}000 commId 0x9c1f4be2a7d03e55 - Init START`);
  }
  log.close();
}

function nvidiaSmi(folder) {
  for (let h = 0; h < smiHosts; ++h) {
    const smi = new Writer(join(folder, `${host(h)}-nvidia-smi.txt`));
    smi.line(`${host(h)}:~$ nvidia-smi --query-gpu=index,name,pci.bus_id,uuid,temperature.gpu,memory.used,memory.total,utilization.gpu --format=csv`);
    smi.line('index, name, pci.bus_id, uuid, temperature.gpu, memory.used [MiB], memory.total [MiB], utilization.gpu [%]');
    for (let gpu = 0; gpu < perHost; ++gpu)
      smi.line(`${gpu}, NVIDIA H100 80GB HBM3, 00000000:${bus(gpu).toUpperCase()}:00.0, GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6${h}${gpu}0, ${30 + gpu}, ${1000 * gpu + h} MiB, 81559 MiB, ${gpu} %`);
    smi.close();
  }
}

export function largeIncident(folder, events) {
  mkdirSync(folder, { recursive: true });
  kernelLogs(folder, events);
  jobLog(folder);
  nvidiaSmi(folder);
  return folder;
}
