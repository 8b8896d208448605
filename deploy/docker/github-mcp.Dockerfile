# syntax=docker/dockerfile:1
# GitHub's own MCP server. Its image has no program that could ask it whether it works; this one has.
ARG GITHUB_MCP_IMAGE
ARG ALPINE_IMAGE

FROM ${GITHUB_MCP_IMAGE} AS server

FROM ${ALPINE_IMAGE} AS github-mcp
LABEL org.opencontainers.image.title="DOT-Copilot: GitHub's MCP server" \
      org.opencontainers.image.description="GitHub's MCP server, read-only, without a token of its own"
COPY --from=server /server/github-mcp-server /usr/local/bin/github-mcp-server
COPY --from=server /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65534:65534
EXPOSE 8082
ENTRYPOINT ["github-mcp-server"]
CMD ["http", "--port=8082", "--read-only"]
