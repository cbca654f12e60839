# Every image of both suites, one target each: docker build --target substation_service .
# The only place that names their base image. `.env.example` says how to pin its digest.
ARG NODE_IMAGE=node:26.12.1-slim

# The manifests alone, so that dependencies are reinstalled only when one of these files changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && \
    find . -type d -empty -delete

FROM ${NODE_IMAGE} AS store_dependencies
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --omit=dev --workspace=vector-clock-kv-store

FROM ${NODE_IMAGE} AS client_dependencies
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --workspace=vector-clock-kv-store

FROM ${NODE_IMAGE} AS grid_dependencies
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --omit=dev --workspace=smart-grid-load-balancer

# The node's sources without its client and without the verification code.
FROM ${NODE_IMAGE} AS node_sources
WORKDIR /app
COPY vector-clock-kv-store/src vector-clock-kv-store/src
RUN cd vector-clock-kv-store/src && rm -r verification commands client.ts

# The live page's bundle, so that no container has to build it.
FROM store_dependencies AS store_page
COPY packages/service-kit packages/service-kit
COPY packages/ui-kit packages/ui-kit
COPY --from=node_sources /app ./
RUN node --import tsx packages/ui-kit/src/pages/prebuild.ts store vector-clock-kv-store/src/live-page/main.tsx

# The base of all services: a readiness check and a non-root user.
# 5 s: a check costs 15 ms of CPU time, most of it the engine's, and every step of a start waits for one.
FROM ${NODE_IMAGE} AS service
ENV NODE_ENV=production PROBE_PORT=9000
WORKDIR /app
COPY docker/healthcheck /usr/local/bin/
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["healthcheck"]

FROM service AS node
# 192 MB: half of the memory that a node's container gets. Buffers and the database's pages are outside of this heap.
ENV PORT=5000 DATA_DIR=/data NODE_OPTIONS=--max-old-space-size=192
# A named volume inherits the owner of its mount point.
RUN install --directory --owner=node --group=node /data
COPY --from=store_dependencies /app ./
COPY packages/durable-tables packages/durable-tables
COPY packages/service-kit packages/service-kit
COPY --from=store_page /app/packages/ui-kit packages/ui-kit
COPY --from=node_sources /app ./
USER node
EXPOSE 5000
CMD ["node", "--import", "tsx", "vector-clock-kv-store/src/node.ts"]

FROM service AS substation_service
ENV PORT=8001
# For DATA_DIR: a named volume inherits the owner of its mount point.
RUN install --directory --owner=node --group=node /data
COPY --from=grid_dependencies /app ./
COPY packages/durable-tables packages/durable-tables
COPY packages/grid-protocol packages/grid-protocol
COPY packages/service-kit packages/service-kit
COPY smart-grid-load-balancer/substation_service smart-grid-load-balancer/substation_service
USER node
EXPOSE 8001
CMD ["node", "--import", "tsx", "smart-grid-load-balancer/substation_service/main.ts"]

FROM service AS load_balancer
ENV PORT=8080
# For DATA_DIR: a named volume inherits the owner of its mount point.
RUN install --directory --owner=node --group=node /data
COPY --from=grid_dependencies /app ./
COPY packages/durable-tables packages/durable-tables
COPY packages/grid-protocol packages/grid-protocol
COPY packages/service-kit packages/service-kit
COPY smart-grid-load-balancer/load_balancer smart-grid-load-balancer/load_balancer
USER node
EXPOSE 8080
CMD ["node", "--import", "tsx", "smart-grid-load-balancer/load_balancer/main.ts"]

# The live page's bundle, so that no container has to build it.
FROM grid_dependencies AS grid_page
COPY packages/grid-protocol packages/grid-protocol
COPY packages/service-kit packages/service-kit
COPY packages/ui-kit packages/ui-kit
COPY smart-grid-load-balancer/live_page smart-grid-load-balancer/live_page
COPY smart-grid-load-balancer/workload/accepted-load-bound.ts smart-grid-load-balancer/workload/
RUN node --import tsx packages/ui-kit/src/pages/prebuild.ts grid smart-grid-load-balancer/live_page/main.tsx

FROM service AS charge_request_service
ENV PORT=8000
COPY --from=grid_dependencies /app ./
COPY packages/grid-protocol packages/grid-protocol
COPY packages/service-kit packages/service-kit
COPY --from=grid_page /app/packages/ui-kit packages/ui-kit
COPY smart-grid-load-balancer/charge_request_service smart-grid-load-balancer/charge_request_service
USER node
EXPOSE 8000
CMD ["node", "--import", "tsx", "smart-grid-load-balancer/charge_request_service/main.ts"]

FROM service AS alert_receiver
ENV PORT=9095
COPY --from=grid_dependencies /app ./
COPY packages/service-kit packages/service-kit
COPY smart-grid-load-balancer/alert_receiver smart-grid-load-balancer/alert_receiver
USER node
EXPOSE 9095
CMD ["node", "--import", "tsx", "smart-grid-load-balancer/alert_receiver/main.ts"]

# Arguments after the service's name are the tester's: docker compose run --rm load_tester simple
FROM ${NODE_IMAGE} AS load_tester
ENV NODE_ENV=production
WORKDIR /app
COPY docker/as-owner-of /usr/local/bin/
RUN install --directory --owner=node --group=node /out
COPY --from=grid_dependencies /app ./
COPY packages/command-line packages/command-line
COPY packages/grid-protocol packages/grid-protocol
COPY packages/service-kit packages/service-kit
COPY packages/simulation-kit packages/simulation-kit
COPY packages/ui-kit packages/ui-kit
COPY smart-grid-load-balancer/workload smart-grid-load-balancer/workload
COPY smart-grid-load-balancer/load_tester smart-grid-load-balancer/load_tester
USER node
HEALTHCHECK NONE
# Reports get the owner of the folder they are written to.
ENTRYPOINT ["as-owner-of", "/out", "node", "--import", "/app/node_modules/tsx/dist/esm/index.mjs", "/app/smart-grid-load-balancer/load_tester/test.ts"]

# Arguments after the service's name are the client's: docker compose run --rm client out-of-order
FROM ${NODE_IMAGE} AS client
WORKDIR /app
COPY --from=client_dependencies /app ./
COPY packages packages
COPY vector-clock-kv-store/src vector-clock-kv-store/src
COPY docker/as-owner-of /usr/local/bin/
HEALTHCHECK NONE
ENTRYPOINT ["as-owner-of", "/out", "node", "--import", "/app/node_modules/tsx/dist/esm/index.mjs", "/app/vector-clock-kv-store/src/client.ts"]

# Prints the addresses once everything is up, then waits, so that `docker compose up --wait` succeeds.
FROM ${NODE_IMAGE} AS guide
WORKDIR /app
COPY scripts/guide scripts/guide
USER node
HEALTHCHECK NONE
CMD ["sh", "-c", "node scripts/guide/main.ts && exec sleep infinity"]
