#!/usr/bin/env bash
# copied from the h100 cluster
export NCCL_DEBUG=INFO
export NCCL_ALGO=NVLS
export NCCL_P2P_LEVEL=NVL
accelerate launch --num_processes 2 train_lora.py "$@"
