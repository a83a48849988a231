#!/bin/bash
docker run -d --name xinf --shm-size=8g -p 9997:9997 \
  --gpus '"device=4,5"' \
  -e CUDA_VISIBLE_DEVICES=4,5 \
  -v /data/xinf:/root/.xinference \
  xprobe/xinference:v1.4.1 xinference-local -H 0.0.0.0
