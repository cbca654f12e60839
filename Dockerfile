# Every image of both suites, one target each: docker build --target substation_service .
# The only place that names their base image. `.env.example` says how to pin its digest.
ARG NODE_IMAGE=node:26.12.1-slim

# The manifests alone, so that dependencies are reinstalled only when one of these files changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && \
    find . -type d -empty -delete

# What programs are bundled from. An image gets its bundles, the files that they read and the native packages.
FROM ${NODE_IMAGE} AS sources
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --omit=dev \
    --workspace=vector-clock-kv-store --workspace=smart-grid-load-balancer --workspace=@gridclock/local-service
COPY packages packages
COPY vector-clock-kv-store vector-clock-kv-store
COPY smart-grid-load-balancer smart-grid-load-balancer
# The page that shows a service's API, so that no container has to build it.
RUN node packages/ui-kit/src/pages/prebuild.ts docs packages/ui-kit/src/api-page/main.tsx

# The labels of all images. `npm run release` sets the version; for the commit, build with --build-arg REVISION=$(git rev-parse HEAD).
FROM ${NODE_IMAGE} AS labelled
ARG REVISION=unknown
ENV REVISION=${REVISION}
LABEL org.opencontainers.image.version="0.2.0" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.licenses="MIT"

# The base of all services: a readiness check and a non-root user.
# 5 s: a check costs 15 ms of CPU time, most of it the engine's, and every step of a start waits for one.
FROM labelled AS service
ENV NODE_ENV=production PROBE_PORT=9000
WORKDIR /app
COPY docker/healthcheck /usr/local/bin/
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["healthcheck"]

FROM sources AS node_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle \
    vector-clock-kv-store/src/node.ts vector-clock-kv-store/src/backup.ts
# The live page, so that no container has to build it.
RUN node packages/ui-kit/src/pages/prebuild.ts store vector-clock-kv-store/src/live-page/main.tsx && \
    cp --parents --recursive packages/ui-kit/prebuilt /bundle

FROM service AS node
# 192 MB: half of the memory that a node's container gets. Buffers and the database's pages are outside of this heap.
ENV PORT=5000 DATA_DIR=/data NODE_OPTIONS=--max-old-space-size=192
# A named volume inherits the owner of its mount point.
RUN install --directory --owner=node --group=node /data
COPY --from=node_bundle /bundle ./
USER node
EXPOSE 5000
CMD ["node", "--enable-source-maps", "vector-clock-kv-store/src/node.mjs"]

FROM sources AS substation_service_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle smart-grid-load-balancer/substation_service/main.ts && \
    cp --parents --recursive packages/ui-kit/prebuilt /bundle

FROM service AS substation_service
ENV PORT=8001
# For DATA_DIR: a named volume inherits the owner of its mount point.
RUN install --directory --owner=node --group=node /data
COPY --from=substation_service_bundle /bundle ./
USER node
EXPOSE 8001
CMD ["node", "--enable-source-maps", "smart-grid-load-balancer/substation_service/main.mjs"]

FROM sources AS load_balancer_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle smart-grid-load-balancer/load_balancer/main.ts && \
    cp --parents --recursive packages/ui-kit/prebuilt /bundle

FROM service AS load_balancer
ENV PORT=8080
# For DATA_DIR: a named volume inherits the owner of its mount point.
RUN install --directory --owner=node --group=node /data
COPY --from=load_balancer_bundle /bundle ./
USER node
EXPOSE 8080
CMD ["node", "--enable-source-maps", "smart-grid-load-balancer/load_balancer/main.mjs"]

FROM sources AS charge_request_service_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle smart-grid-load-balancer/charge_request_service/main.ts
# The live page, so that no container has to build it.
RUN node packages/ui-kit/src/pages/prebuild.ts grid smart-grid-load-balancer/live_page/main.tsx && \
    cp --parents --recursive packages/ui-kit/prebuilt /bundle

FROM service AS charge_request_service
ENV PORT=8000
COPY --from=charge_request_service_bundle /bundle ./
USER node
EXPOSE 8000
CMD ["node", "--enable-source-maps", "smart-grid-load-balancer/charge_request_service/main.mjs"]

FROM sources AS alert_receiver_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle smart-grid-load-balancer/alert_receiver/main.ts && \
    cp --parents --recursive packages/ui-kit/prebuilt /bundle

FROM service AS alert_receiver
ENV PORT=9095
COPY --from=alert_receiver_bundle /bundle ./
USER node
EXPOSE 9095
CMD ["node", "--enable-source-maps", "smart-grid-load-balancer/alert_receiver/main.mjs"]

FROM sources AS load_tester_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle smart-grid-load-balancer/load_tester/test.ts

# Arguments after the service's name are the tester's: docker compose run --rm load_tester simple
FROM labelled AS load_tester
ENV NODE_ENV=production
WORKDIR /app
COPY docker/as-owner-of /usr/local/bin/
RUN install --directory --owner=node --group=node /out
COPY --from=load_tester_bundle /bundle ./
USER node
HEALTHCHECK NONE
# Reports get the owner of the folder they are written to.
ENTRYPOINT ["as-owner-of", "/out", "node", "--enable-source-maps", "/app/smart-grid-load-balancer/load_tester/test.mjs"]

# The client with the node, which its soak starts.
FROM sources AS client_bundle
RUN node packages/local-service/src/bundles/write-image.ts /bundle \
    vector-clock-kv-store/src/client.ts vector-clock-kv-store/src/node.ts

# Arguments after the service's name are the client's: docker compose run --rm client out-of-order
FROM labelled AS client
ENV GRIDCLOCK_BUNDLES=/app
WORKDIR /app
COPY --from=client_bundle /bundle ./
COPY docker/as-owner-of /usr/local/bin/
HEALTHCHECK NONE
ENTRYPOINT ["as-owner-of", "/out", "node", "--enable-source-maps", "/app/vector-clock-kv-store/src/client.mjs"]

# Prints the addresses once everything is up, then waits, so that `docker compose up --wait` succeeds.
FROM labelled AS guide
WORKDIR /app
COPY scripts/guide scripts/guide
USER node
HEALTHCHECK NONE
CMD ["sh", "-c", "node scripts/guide/main.ts && exec sleep infinity"]
