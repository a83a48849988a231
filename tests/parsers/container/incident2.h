// SPDX-License-Identifier: Apache-2.0
//
// The two Deployments of seed incident 2 (prefill and decode on one node, hostIPC on one only), as kubectl would print
// them and as they look in a ticket that ate the indentation.
#pragma once

#include <string>
#include <string_view>

namespace gpm::test {

inline constexpr std::string_view prefill_and_decode = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: sglang-prefill
  namespace: pd
spec:
  replicas: 1
  selector:
    matchLabels:
      app: sglang-prefill
  template:
    metadata:
      labels:
        app: sglang-prefill
    spec:
      containers:
      - name: prefill
        image: lmsysorg/sglang:v0.4.8-cu126
        command:
        - python3
        - -m
        - sglang.launch_server
        args:
        - --model-path
        - /models/Qwen3-32B
        - --disaggregation-mode
        - prefill
        - --disaggregation-transfer-backend
        - nixl
        - --tp
        - "2"
        env:
        - name: UCX_TLS
          value: cuda_ipc,cuda_copy,rc,tcp
        - name: POD_IP
          valueFrom:
            fieldRef:
              apiVersion: v1
              fieldPath: status.podIP
        resources:
          limits:
            nvidia.com/gpu: "2"
            memory: 64Gi
        securityContext:
          capabilities:
            add:
            - IPC_LOCK
        volumeMounts:
        - name: shm
          mountPath: /dev/shm
        - name: models
          mountPath: /models
      volumes:
      - name: shm
        emptyDir:
          medium: Memory
          sizeLimit: 32Gi
      - name: models
        hostPath:
          path: /data/models
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: sglang-decode
spec:
  template:
    spec:
      hostIPC: true
      containers:
      - name: decode
        image: lmsysorg/sglang:v0.4.10-cu126
        command: ["/bin/bash", "-c"]
        args:
        - |
          python3 -m sglang.launch_server \
          --model-path /models/Qwen3-32B \
          --disaggregation-mode decode --tp 2
        env:
        - name: UCX_TLS
          value: cuda_ipc,cuda_copy,rc,tcp
        resources:
          limits:
            nvidia.com/gpu: "2"
        securityContext:
          capabilities:
            add: ["IPC_LOCK"]
)";

// Every line at column 0; without the dashes of lists too, if asked.
inline std::string without_indentation(std::string_view yaml, bool keep_dashes = true) {
  std::string flat;
  bool at_start = true;
  for (std::size_t i = 0; i < yaml.size(); ++i) {
    const char c = yaml[i];
    if (at_start && c == ' ') continue;
    if (at_start && !keep_dashes && c == '-' && i + 1 < yaml.size() && yaml[i + 1] == ' ') continue;
    at_start = c == '\n';
    flat += c;
  }
  return flat;
}

}  // namespace gpm::test
