# syntax=docker/dockerfile:1
# The dashboard's files, and a proxy that makes dashboard and API one address:
#   docker build -f infra/docker/dashboard.Dockerfile -t sweepyard/dashboard .
ARG NODE_IMAGE=node:24-bookworm-slim
ARG NGINX_IMAGE=nginxinc/nginx-unprivileged:1.29-alpine

FROM ${NODE_IMAGE} AS build
ENV CI=1 \
    pnpm_config_pm_on_fail=ignore \
    pnpm_config_store_dir=/pnpm/store
RUN npm install --global pnpm@12.21.0
WORKDIR /repo
COPY . .
RUN --mount=type=cache,id=sweepyard-pnpm,target=/pnpm/store \
    pnpm install --frozen-lockfile --filter sweepyard --filter-prod "@sweepyard/dashboard..."
RUN pnpm --filter-prod "@sweepyard/dashboard..." run build \
    && cp -r apps/dashboard/dist /out

FROM ${NGINX_IMAGE} AS dashboard
# Where the API is, and nginx's own resolver, so that an API on a new address is found again.
ENV API_UPSTREAM=http://api:8080 \
    LISTEN=8080 \
    HTML=/usr/share/nginx/html \
    MAX_UPLOAD=512m \
    NGINX_ENTRYPOINT_LOCAL_RESOLVERS=1
COPY infra/docker/nginx.conf.template /etc/nginx/templates/default.conf.template
COPY --from=build /out /usr/share/nginx/html
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
