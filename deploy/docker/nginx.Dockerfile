# syntax=docker/dockerfile:1
# The door, with the built web application. Its configuration is not in the image: compose mounts deploy/nginx, and the
# configuration that `dot-copilot compose prepare` renders from the same template as the local stack.
ARG NODE_IMAGE
ARG NGINX_IMAGE

FROM ${NODE_IMAGE} AS web
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-progress
COPY web/ ./
RUN npm run --silent build

FROM ${NGINX_IMAGE} AS nginx
LABEL org.opencontainers.image.title="DOT-Copilot: nginx" \
      org.opencontainers.image.description="The door of DOT-Copilot, with the web application" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=web /web/dist /srv/web
# The modules' place in this image; the configuration names it.
RUN test -e /usr/lib/nginx/modules/ngx_http_js_module.so
USER 101:101
EXPOSE 80 443
ENTRYPOINT []
# Its prefix is in memory; the directories below it are made by the master process.
CMD ["sh", "-c", "mkdir -p /run/nginx/temp && exec nginx -p /run/nginx/ -c /etc/nginx/rendered/nginx.conf -e stderr"]
STOPSIGNAL SIGQUIT
