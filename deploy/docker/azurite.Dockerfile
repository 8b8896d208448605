# syntax=docker/dockerfile:1
# The blob storage emulator, from the same lock as the local stack's, with the same preload: it keeps what it has acknowledged.
ARG NODE_IMAGE

FROM ${NODE_IMAGE} AS azurite
LABEL org.opencontainers.image.title="DOT-Copilot: Azurite" \
      org.opencontainers.image.description="Azure Blob Storage for development"
WORKDIR /app
COPY deploy/local/package.json deploy/local/package-lock.json deploy/local/.npmrc ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund --no-progress \
    && npm cache clean --force \
    && install -d -o node -g node -m 0700 /data
COPY deploy/local/azurite-preload.cjs deploy/docker/ask.cjs ./
COPY --chmod=0555 deploy/docker/azurite.sh /usr/local/bin/azurite-server
USER 1000:1000
EXPOSE 10000
ENTRYPOINT ["azurite-server"]
