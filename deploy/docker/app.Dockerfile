# syntax=docker/dockerfile:1
# The application: API, worker and MCP gateway are one image with different commands. Build it from the repository's root;
# which Python it is based on is said by deploy/compose.yaml, pinned by `dot-copilot compose images`.
ARG PYTHON_IMAGE

FROM ${PYTHON_IMAGE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements/app.txt /tmp/app.txt
# Nothing that is not in the lock, and nothing that would have to be compiled.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-deps --only-binary :all: --require-hashes -r /tmp/app.txt \
    && /opt/venv/bin/python -m pip uninstall --yes pip

FROM ${PYTHON_IMAGE} AS app
LABEL org.opencontainers.image.title="DOT-Copilot" \
      org.opencontainers.image.description="Driver qualification files, audit-ready under FMCSA rules: API, worker, MCP gateway" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 dot \
    && useradd --uid 10001 --gid dot --home-dir /var/lib/dot-copilot --no-create-home --shell /usr/sbin/nologin dot \
    && install -d -o dot -g dot -m 0700 /var/lib/dot-copilot
COPY --from=packages /opt/venv /opt/venv
COPY LICENSE /app/LICENSE
COPY deploy/docker/ask.py /app/ask.py
COPY deploy/gateway /app/deploy/gateway
COPY migrations /app/migrations
COPY src /app/src
# The version: an image has no git to ask. Without an argument it is a build of nobody's, and says so.
ARG DOT_RELEASE
RUN test -z "${DOT_RELEASE}" || echo "${DOT_RELEASE}" > /app/src/dot_copilot/VERSION
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app/src PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Byte code is made here, once: the file system is read-only later, and without it every start takes twice as long.
RUN python -m compileall -q /app/src /app/migrations
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "dot_copilot.serve", "--host", "0.0.0.0", "--port", "8000"]
