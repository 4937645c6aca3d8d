# The program in an image: built with Debian's C library, run on it by a user without rights.
# Static files, templates and migrations are inside the binary.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY cmd cmd
COPY conference conference
COPY db db
COPY static static
COPY templates templates
# SQLite is C, hence cgo. The caches make a second build take seconds.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=1 go build -ldflags='-s -w' -o bin/hoinghi ./cmd/hoinghi \
    && mkdir -p empty

FROM debian:bookworm-slim
# Certificates for mail servers; the slim image has none.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/bin/hoinghi /usr/local/bin/hoinghi
# An empty folder that belongs to the user; a new volume takes its owner over.
COPY --from=build --chown=10001:10001 /src/empty /data
USER 10001:10001
ENV HOINGHI_DATA=/data HOINGHI_ADDR=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/usr/local/bin/hoinghi", "health"]
ENTRYPOINT ["/usr/local/bin/hoinghi"]
CMD ["serve"]
