#!/bin/bash
# started inside the container by the image's entry point
set -e
export NCCL_DEBUG=INFO
export TOKENIZERS_PARALLELISM=false
export HF_HOME=/models/hf
cd /opt/inference
exec deepspeed --num_gpus 4 --master_port 29500 infer_server.py \
    --model /models/llm-34b \
    --tp_size 4 \
    --dtype fp16 \
    --max_tokens 2048 \
    --port 8000
