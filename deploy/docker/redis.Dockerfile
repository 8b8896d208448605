# syntax=docker/dockerfile:1
# Redis, and beside it the exporter that tells Prometheus how it does: one box of the drawing is one container.
ARG REDIS_EXPORTER_IMAGE
ARG REDIS_IMAGE

FROM ${REDIS_EXPORTER_IMAGE} AS exporter

FROM ${REDIS_IMAGE} AS redis
LABEL org.opencontainers.image.title="DOT-Copilot: Redis" \
      org.opencontainers.image.description="Redis with DOT-Copilot's configuration and its exporter"
COPY --from=exporter /redis_exporter /usr/local/bin/redis_exporter
COPY --chmod=0555 deploy/docker/beside.sh /usr/local/bin/beside
COPY --chmod=0555 deploy/docker/redis-exporter.sh /usr/local/bin/exporter
COPY --chmod=0444 deploy/docker/redis.conf /etc/dot-copilot/redis.conf
USER 999:999
EXPOSE 6379 9121
ENTRYPOINT ["beside"]
CMD ["redis-server", "/etc/dot-copilot/redis.conf"]
