# One image definition for all processes: docker build --build-arg APP=sync-engine .
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /adjoin
COPY package.json package-lock.json .npmrc tsconfig.base.json tsconfig.json ./
COPY libs libs
COPY apps apps
COPY tools tools
RUN npm ci --loglevel=error --no-audit --no-fund
RUN node node_modules/ts7/bin/tsc -b tsconfig.json

# Production packages of one process only. Workspaces are links, so their folders are copied with them.
FROM build AS prune
ARG APP
RUN test -n "$APP" || (echo "give --build-arg APP=<folder in apps>" >&2; exit 1)
RUN npm ci --omit=dev --workspace "apps/$APP" --include-workspace-root=false --loglevel=error --no-audit --no-fund
RUN mkdir -p /out/apps /out/libs \
 && cp -a node_modules package.json /out/ \
 && mkdir "/out/apps/$APP" && cp -a "apps/$APP/package.json" "apps/$APP/dist" "/out/apps/$APP/" \
 && if [ "$APP" != password-hash-sync ]; then rm -rf libs/ad-drsr; fi \
 && for lib in libs/*; do mkdir -p "/out/$lib" && cp -a "$lib/package.json" "$lib/dist" "/out/$lib/"; done \
 && ln -s "apps/$APP" /out/app

FROM gcr.io/distroless/nodejs${NODE_VERSION}-debian12:nonroot
WORKDIR /adjoin
COPY --from=prune --chown=nonroot:nonroot /out ./
COPY --chown=nonroot:nonroot rules rules
ENV NODE_ENV=production NODE_OPTIONS="--max-semi-space-size=8 --enable-source-maps"
USER nonroot
CMD ["app/dist/main.js"]
