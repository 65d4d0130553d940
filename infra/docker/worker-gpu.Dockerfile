# syntax=docker/dockerfile:1
# A worker for machines with an NVIDIA GPU and its container toolkit (linux/amd64 only):
#   docker build -f infra/docker/worker-gpu.Dockerfile -t sweepyard/worker-gpu .
ARG NODE_IMAGE=node:24-bookworm-slim
# CUDA 12 and cuDNN 9 are what the provider installed below is built against.
ARG CUDA_IMAGE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04

FROM ${NODE_IMAGE} AS build
ENV CI=1 \
    pnpm_config_pm_on_fail=ignore \
    pnpm_config_store_dir=/pnpm/store
RUN npm install --global pnpm@12.21.0
WORKDIR /repo
COPY . .
RUN --mount=type=cache,id=sweepyard-pnpm,target=/pnpm/store \
    pnpm install --frozen-lockfile --filter sweepyard --filter-prod "@sweepyard/worker..."
RUN pnpm --filter-prod "@sweepyard/worker..." run build
RUN --mount=type=cache,id=sweepyard-pnpm,target=/pnpm/store \
    pnpm --filter @sweepyard/worker deploy --prod /out \
    && node infra/docker/prune.mjs /out

# The npm package carries no CUDA provider. Its own install script, which the workspace keeps
# from running, downloads the one of the same version from api.nuget.org (about 300 MB) and puts
# it beside the binding. TensorRT is not used: its provider would only make the image larger.
FROM build AS cuda
WORKDIR /out/node_modules/.pnpm/node_modules/onnxruntime-node
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 node script/install.js \
    && rm bin/napi-v6/linux/x64/libonnxruntime_providers_tensorrt.so

FROM ${NODE_IMAGE} AS node

FROM ${CUDA_IMAGE} AS worker-gpu
ENV NODE_ENV=production \
    ARTIFACTS_DIR=/data/artifacts \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=node /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
# A new named volume takes over this folder's owner: the same as in the other images.
RUN install --directory --owner=1000 --group=1000 /data/artifacts
COPY --from=cuda /out ./
USER 1000:1000
VOLUME /data/artifacts
# It serves no port; what can fail beside the process itself is the shared folder.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "require('node:fs').accessSync(process.env.ARTIFACTS_DIR, 2)"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/main.js"]
