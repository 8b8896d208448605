# syntax=docker/dockerfile:1
# PostgreSQL 16, and beside it the exporter that tells Prometheus how it does: one box of the drawing is one container.
ARG POSTGRES_EXPORTER_IMAGE
ARG POSTGRES_IMAGE

FROM ${POSTGRES_EXPORTER_IMAGE} AS exporter

FROM ${POSTGRES_IMAGE} AS postgres
LABEL org.opencontainers.image.title="DOT-Copilot: PostgreSQL" \
      org.opencontainers.image.description="PostgreSQL 16 with DOT-Copilot's roles and its exporter"
COPY --from=exporter /bin/postgres_exporter /usr/local/bin/postgres_exporter
COPY --chmod=0555 deploy/docker/beside.sh /usr/local/bin/beside
COPY --chmod=0555 deploy/docker/postgres-exporter.sh /usr/local/bin/exporter
COPY --chmod=0444 deploy/docker/postgresql.conf /etc/dot-copilot/postgresql.conf
COPY --chmod=0555 deploy/docker/postgres-roles.sh /docker-entrypoint-initdb.d/10-roles.sh
USER 999:999
EXPOSE 5432 9187
ENTRYPOINT ["beside", "docker-entrypoint.sh"]
CMD ["postgres", "-cconfig_file=/etc/dot-copilot/postgresql.conf"]
# Fast shutdown: sessions are ended, everything is written.
STOPSIGNAL SIGINT
