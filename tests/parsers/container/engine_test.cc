// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "parsers/container/engine_config.h"
#include "parsers/container/run_command.h"
#include "parsers/container/spec_text.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::container {
namespace {

using test::RecordingSink;

TEST(RunCommand, OverSeveralLinesWithQuotes) {
  const auto sink = test::parse<RunCommand>(
      "$ cat run-r0.sh\n"
      "docker run \\\n"
      "  --gpus '\"device=0,1\"' --ipc host --network host --pid=host --ulimit memlock=-1:-1 \\\n"
      "  --rm -it --name nccl-r0 --privileged --cap-add=SYS_PTRACE --shm-size 16g -m 64g \\ \n"
      "  -e NCCL_DEBUG=INFO -eNCCL_P2P_DISABLE=1 --env \"MSG=a b\" -v /dev/shm:/dev/shm \\\n"
      "  registry.local/nccl:latest python3 run.py --tensor-parallel-size 8 | tee log\n"
      "NCCL INFO Bootstrap\n");
  const auto get = [&](std::string_view key) { return sink.setting("container", key, "nccl-r0"); };
  EXPECT_EQ(get("gpus"), "\"device=0,1\"");
  EXPECT_EQ(get("ipc_mode"), "host");
  EXPECT_EQ(get("host_ipc"), "true");
  EXPECT_EQ(get("host_pid"), "true");
  EXPECT_EQ(get("network_mode"), "host");
  EXPECT_EQ(get("memlock"), "-1:-1");
  EXPECT_EQ(get("privileged"), "true");
  EXPECT_EQ(get("capability"), "SYS_PTRACE");
  EXPECT_EQ(get("shm_size_bytes"), "17179869184");
  EXPECT_EQ(get("shm_size_source"), "stated");
  EXPECT_EQ(get("memory_limit_bytes"), "68719476736");
  EXPECT_EQ(get("shm_volume"), "hostpath:/dev/shm");
  EXPECT_EQ(get("image"), "registry.local/nccl:latest");
  EXPECT_EQ(get("command"), "python3 run.py --tensor-parallel-size 8");
  EXPECT_EQ(get("arg:tensor-parallel-size"), "8");
  EXPECT_EQ(sink.setting("env", "NCCL_P2P_DISABLE", "nccl-r0"), "1");
  EXPECT_EQ(sink.setting("env", "MSG", "nccl-r0"), "a b");
  for (const auto& s : sink.settings)
    if (s.key == "ipc_mode") {
      EXPECT_EQ(s.at.line, 3u);
    }
}

TEST(RunCommand, SilenceAboutShmMeans64MiB) {
  const auto sink = test::parse<RunCommand>("user@h:~$ sudo docker run --rm nvidia/cuda nvidia-smi\n");
  EXPECT_EQ(sink.setting("container", "shm_size_bytes"), "67108864");
  EXPECT_EQ(sink.setting("container", "shm_size_source"), "default");
  EXPECT_EQ(sink.setting("container", "host_ipc"), "false");
  EXPECT_EQ(sink.setting("container", "image"), "nvidia/cuda");
  EXPECT_EQ(sink.settings[0].place.container, "");  // nobody gave it a name
}

TEST(RunCommand, HostIpcHasTheHostsShm) {
  const auto sink = test::parse<RunCommand>("docker run --gpus all --ipc=host vllm/vllm-openai:v0.9.1 --model m\n");
  EXPECT_EQ(sink.setting("container", "shm_size_bytes"), "");
}

TEST(RunCommand, PodmanCdiAndBackticksInProse) {
  const auto sink = test::parse<RunCommand>(
      "I start it with `podman run --device nvidia.com/gpu=all ubuntu nvidia-smi -L` and it fails.\n");
  EXPECT_EQ(sink.setting("container", "gpus", "ubuntu"), "all");
  EXPECT_EQ(sink.setting("container", "command", "ubuntu"), "nvidia-smi -L");
}

TEST(RunCommand, NothingIsExpanded) {
  const auto sink = test::parse<RunCommand>("docker run -e HOME=$(rm -rf /; echo x) -e A=${B:-c d} img/x:1 `id`\n");
  EXPECT_EQ(sink.setting("env", "HOME"), "$(rm -rf /; echo x)");
  EXPECT_EQ(sink.setting("env", "A"), "${B:-c d}");
}

TEST(RunCommand, ProseAndOtherCommandsGiveNothing) {
  for (auto text : {"the docker run failed again\n", "docker running for 3 days\n", "docker ps; docker exec -it x bash\n",
                    "docker-compose run web bash\n", "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n",
                    "docker: Error response from daemon\n", "docker run\n", "docker run \\\n"})
    EXPECT_EQ(test::parse<RunCommand>(text).settings.size(), 0u) << text;
}

constexpr std::string_view inspect = R"([
    {
        "Id": "5a3ab1c2f0d94a2fb1b7a0d0e9c46c11a4e2a9f0ae62c3f4c1a7be08b1f2d913",
        "Path": "/opt/nvidia/nvidia_entrypoint.sh",
        "Args": ["vllm", "serve", "--tp", "2"],
        "State": {
            "Status": "exited",
            "OOMKilled": true,
            "ExitCode": 137,
            "Error": "",
            "FinishedAt": "2024-06-28T06:17:54.118820113Z"
        },
        "Name": "/xinference",
        "HostConfig": {
            "NetworkMode": "default",
            "IpcMode": "private",
            "PidMode": "",
            "Privileged": false,
            "ShmSize": 67108864,
            "Runtime": "nvidia",
            "Memory": 1073741824,
            "CapAdd": ["SYS_ADMIN"],
            "DeviceRequests": [{"Count": 0, "DeviceIDs": ["2", "3"], "Capabilities": [["gpu"]]}],
            "Ulimits": [{"Name": "memlock", "Hard": -1, "Soft": -1}]
        },
        "Config": {
            "Env": ["NCCL_DEBUG=INFO", "NVIDIA_VISIBLE_DEVICES=all"],
            "Image": "xprobe/xinference:v0.12.0"
        }
    }
])";

void expect_inspected(const RecordingSink& sink, std::uint64_t first_line) {
  const auto get = [&](std::string_view key) { return sink.setting("container", key, "xinference"); };
  EXPECT_EQ(get("shm_size_bytes"), "67108864");
  EXPECT_EQ(get("ipc_mode"), "private");
  EXPECT_EQ(get("pid_mode"), "private");
  EXPECT_EQ(get("runtime"), "nvidia");
  EXPECT_EQ(get("gpus"), "device=2,3");
  EXPECT_EQ(get("memlock"), "-1");
  EXPECT_EQ(get("capability"), "SYS_ADMIN");
  EXPECT_EQ(get("memory_limit_bytes"), "1073741824");
  EXPECT_EQ(get("arg:tensor-parallel-size"), "2");
  EXPECT_EQ(get("image"), "xprobe/xinference:v0.12.0");
  EXPECT_EQ(sink.setting("env", "NCCL_DEBUG", "xinference"), "INFO");
  for (const auto& s : sink.settings)
    if (s.key == "shm_size_bytes") {
      EXPECT_EQ(s.at.line, first_line + 18);
    }
  const auto states = sink.of_kind("container.state");
  ASSERT_EQ(states.size(), 1u);
  EXPECT_EQ(states[0].code, 137);
  EXPECT_EQ(states[0].attributes.at("oom_killed"), "true");
  EXPECT_EQ(states[0].time.utc_ns, 1719555474118820113);
  EXPECT_EQ(states[0].at.line, first_line + 7);
}

TEST(DockerInspect, AsAFile) {
  RecordingSink sink;
  SpecJson parser;
  ASSERT_TRUE(parser.sniff(inspect, "inspect.json"));
  ASSERT_TRUE(parser.parse(inspect, sink));
  expect_inspected(sink, 1);
}

TEST(DockerInspect, PastedAfterAPrompt) {
  expect_inspected(test::parse<SpecText>("ops@h:~$ docker inspect xinference\n" + std::string(inspect) + "\nops@h:~$ \n"), 2);
}

TEST(DockerInspect, OnlyTheHostConfigTakesItsNameFromTheCommand) {
  const auto sink = test::parse<SpecText>(
      "$ docker inspect vllm-mistral --format '{{json .HostConfig}}' | jq .\n{\n  \"IpcMode\": \"private\",\n"
      "  \"ShmSize\": 67108864,\n  \"Memory\": 0\n}\n$ \n");
  EXPECT_EQ(sink.setting("container", "shm_size_bytes", "vllm-mistral"), "67108864");
  EXPECT_EQ(sink.setting("container", "memory_limit_bytes"), "");  // 0 is no limit
}

TEST(Compose, ServiceWithDevicesAndFoldedCommand) {
  const auto sink = test::parse<SpecText>(R"(x-common: &common
  restart: always
  ipc: host
services:
  vllm:
    <<: *common
    image: vllm/vllm-openai:v0.9.1
    ulimits:
      memlock: {soft: -1, hard: -1}
    cap_add:
      - IPC_LOCK
    environment:
      NCCL_DEBUG: WARN
    command: >
      --model /models/DeepSeek-R1
      --tensor-parallel-size 8
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              device_ids: ["0", "3"]
              capabilities: [gpu]
  tabby:
    image: tabby
    shm_size: 2gb
    runtime: nvidia
    environment:
      - NVIDIA_VISIBLE_DEVICES=all
  plain:
    image: x
)");
  EXPECT_EQ(sink.setting("container", "ipc_mode", "vllm"), "host");
  EXPECT_EQ(sink.setting("container", "gpus", "vllm"), "device=0,3");
  EXPECT_EQ(sink.setting("container", "memlock", "vllm"), "-1");
  EXPECT_EQ(sink.setting("container", "capability", "vllm"), "IPC_LOCK");
  EXPECT_EQ(sink.setting("container", "command", "vllm"), "--model /models/DeepSeek-R1 --tensor-parallel-size 8");
  EXPECT_EQ(sink.setting("container", "shm_size_bytes", "vllm"), "");
  EXPECT_EQ(sink.setting("env", "NCCL_DEBUG", "vllm"), "WARN");
  EXPECT_EQ(sink.setting("container", "shm_size_bytes", "tabby"), "2147483648");
  EXPECT_EQ(sink.setting("container", "runtime", "tabby"), "nvidia");
  EXPECT_EQ(sink.setting("env", "NVIDIA_VISIBLE_DEVICES", "tabby"), "all");
  EXPECT_EQ(sink.setting("container", "shm_size_source", "plain"), "default");
  for (const auto& s : sink.settings)
    if (s.key == "arg:tensor-parallel-size") {
      EXPECT_EQ(s.at.line, 16u);
    }
}

TEST(EngineConfig, RuntimesOfTheHost) {
  const auto sink = test::parse<EngineConfig>(
      "default_runtime_name = \"runc\"\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.nvidia]\n"
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.nvidia.options]\n    SystemdCgroup = true\n"
      "#no-cgroups = true\n Runtimes: io.containerd.runc.v2 runc\n Default Runtime: runc\n Cgroup Driver: systemd\n");
  EXPECT_EQ(sink.setting("host", "containerd_default_runtime"), "runc");
  EXPECT_EQ(sink.setting("host", "containerd_runtime"), "nvidia");
  EXPECT_EQ(sink.setting("host", "containerd_systemd_cgroup"), "true");
  EXPECT_EQ(sink.setting("host", "nvidia_container_no_cgroups"), "");
  EXPECT_EQ(sink.setting("host", "docker_default_runtime"), "runc");
  EXPECT_EQ(sink.setting("host", "docker_cgroup_driver"), "systemd");
  EXPECT_EQ(sink.settings.size(), 7u);
}

TEST(EngineConfig, DaemonJson) {
  constexpr std::string_view text =
      "{\n  \"default-runtime\": \"nvidia\",\n  \"runtimes\": {\"nvidia\": {\"path\": \"nvidia-container-runtime\"}},\n"
      "  \"exec-opts\": [\"native.cgroupdriver=cgroupfs\"]\n}\n";
  RecordingSink sink;
  SpecJson parser;
  ASSERT_TRUE(parser.sniff(text, "etc/docker/daemon.json"));
  ASSERT_TRUE(parser.parse(text, sink));
  EXPECT_EQ(sink.setting("host", "docker_default_runtime"), "nvidia");
  EXPECT_EQ(sink.setting("host", "docker_runtime"), "nvidia");
  EXPECT_EQ(sink.setting("host", "docker_cgroup_driver"), "cgroupfs");
}

TEST(Sbatch, LongAndShortOptions) {
  const auto sink = test::parse<SbatchOptions>(
      "#!/bin/bash\n#SBATCH --job-name=ctest\n#SBATCH -N 2 --exclusive -p gpu\n#SBATCH --gres gpu:8  # all of them\n"
      "##SBATCH --nodes=9\necho #SBATCH --x=y\n");
  EXPECT_EQ(sink.setting("slurm", "job-name"), "ctest");
  EXPECT_EQ(sink.setting("slurm", "nodes"), "2");
  EXPECT_EQ(sink.setting("slurm", "exclusive"), "true");
  EXPECT_EQ(sink.setting("slurm", "partition"), "gpu");
  EXPECT_EQ(sink.setting("slurm", "gres"), "gpu:8");
  EXPECT_EQ(sink.settings.size(), 5u);
}

TEST(EngineConfig, TalkOfRuntimesIsNoConfiguration) {
  EXPECT_TRUE(test::parse<EngineConfig>("the Default Runtime: is it nvidia\nset default_runtime_name to nvidia\nSystemdCgroup was true\n").settings.empty());
}

TEST(SbatchOptions, OnlyTheirOwnComments) {
  EXPECT_TRUE(test::parse<SbatchOptions>("# SBATCH --mem=0\nuse #SBATCH --mem=0 for this\n#SBATCHED --x=1\n").settings.empty());
}

TEST(SpecJson, OtherJsonIsNoSpec) {
  SpecJson parser;
  RecordingSink sink;
  parser.parse(R"({"name": "x", "State": "fine", "list": [{"Id": 3}]})", sink);
  EXPECT_TRUE(sink.settings.empty());
  EXPECT_TRUE(sink.events.empty());
}

}  // namespace
}  // namespace gpm::container
