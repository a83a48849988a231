#!/bin/bash
export NCCL_DEBUG=INFO NCCL_IB_DISABLE=1 NCCL_SOCKET_IFNAME=enp,virbr0
torchrun --nnodes 2 --nproc_per_node 2 --node_rank $1 --master_addr 10.1.1.10 --master_port 29501 bench/ddp_min.py
