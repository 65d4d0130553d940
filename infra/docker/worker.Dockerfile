# syntax=docker/dockerfile:1
# A worker that trains on CPU:
#   docker build -f infra/docker/worker.Dockerfile -t sweepyard/worker .
ARG NODE_IMAGE=node:24-bookworm-slim

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

FROM ${NODE_IMAGE} AS worker
ENV NODE_ENV=production \
    ARTIFACTS_DIR=/data/artifacts \
    HEALTH_PORT=8081 \
    HEALTH_HOST=0.0.0.0
WORKDIR /app
# A new named volume takes over this folder's owner.
RUN install --directory --owner=node --group=node /data/artifacts
COPY --from=build /out ./
USER 1000:1000
VOLUME /data/artifacts
# Unhealthy too if it lives and takes no jobs, or can't write to the shared folder.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "require('node:fs').accessSync(process.env.ARTIFACTS_DIR, 2); fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/main.js"]
