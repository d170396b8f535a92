# syntax=docker/dockerfile:1

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The queries were checked when .sqlx was written, so no database is needed here.
ENV SQLX_OFFLINE=true CARGO_INCREMENTAL=0
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin proficrm \
    && install -D target/release/proficrm /out/proficrm \
    && install -d -m 0750 /out/data /out/data/backups


FROM debian:bookworm-slim
COPY --from=build /out/proficrm /usr/local/bin/proficrm
# Whom to trust when files lie in a store elsewhere.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Owned by the number, since the image has no such name; a new volume takes its owner from here.
COPY --from=build --chown=10001:10001 /out/data /data

# Only /data is written to, so the root file system may be read-only. PostgreSQL is not inside:
# DATABASE_URL (or DATABASE_URL_FILE) must name a server.
ENV CRM_DATA_DIR=/data \
    CRM_LISTEN=0.0.0.0:8000 \
    CRM_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["proficrm", "healthcheck"]
ENTRYPOINT ["proficrm"]
CMD ["serve"]
