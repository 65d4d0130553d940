# syntax=docker/dockerfile:1
# The HTTP API, and by another command the migrations and the administration:
#   docker build -f infra/docker/api.Dockerfile -t sweepyard/api .
#   docker run … sweepyard/api dist/admin.js migrate
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
ENV CI=1 \
    pnpm_config_pm_on_fail=ignore \
    pnpm_config_store_dir=/pnpm/store
RUN npm install --global pnpm@12.21.0
WORKDIR /repo
COPY . .
RUN --mount=type=cache,id=sweepyard-pnpm,target=/pnpm/store \
    pnpm install --frozen-lockfile --filter sweepyard --filter-prod "@sweepyard/api..."
RUN pnpm --filter-prod "@sweepyard/api..." run build
RUN --mount=type=cache,id=sweepyard-pnpm,target=/pnpm/store \
    pnpm --filter @sweepyard/api deploy --prod /out \
    && node infra/docker/prune.mjs /out

FROM ${NODE_IMAGE} AS api
ENV NODE_ENV=production \
    API_HOST=0.0.0.0 \
    API_PORT=8080 \
    ARTIFACTS_DIR=/data/artifacts
WORKDIR /app
# A new named volume takes over this folder's owner.
RUN install --directory --owner=node --group=node /data/artifacts
COPY --from=build /out ./
USER 1000:1000
EXPOSE 8080
VOLUME /data/artifacts
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/main.js"]
