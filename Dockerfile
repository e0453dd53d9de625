# Two images from one build:
#   docker build -t gonggang .                          the service with its own browser
#   docker build -t gonggang:remote --target remote .   the binary alone, for a remote WebDriver end

FROM rust:1-bookworm AS build
WORKDIR /build
# Linked statically, so that the same binary runs on Debian and on an empty image. This glibc resolves names
# without loading a library. With a named target the flags do not apply to build scripts and procedural
# macros, which cannot be static.
ENV CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0 RUSTFLAGS="-C target-feature=+crt-static"
# The dependencies first, with empty sources: this layer is reused until a manifest changes.
COPY Cargo.toml Cargo.lock ./
COPY standin/Cargo.toml standin/
COPY timetable/Cargo.toml timetable/
COPY webdriver/Cargo.toml webdriver/
RUN mkdir -p src standin/src timetable/src webdriver/src benches \
    && echo 'fn main() {}' > src/main.rs && touch src/lib.rs standin/src/lib.rs timetable/src/lib.rs webdriver/src/lib.rs \
    && sed -n '/^\[\[bench\]\]/,/^$/s/^name *= *"\(.*\)"/benches\/\1.rs/p' Cargo.toml | xargs -r touch \
    && cargo build --locked --release --target "$(rustc -vV | sed -n 's/^host: //p')"
COPY . .
# Makes the sources newer than the build of the empty ones.
RUN touch src/main.rs src/lib.rs standin/src/lib.rs timetable/src/lib.rs webdriver/src/lib.rs \
    && cargo build --locked --release --bin gonggang --target "$(rustc -vV | sed -n 's/^host: //p')" \
    && mkdir -p /out/etc/ssl/certs && mv target/*/release/gonggang /out/gonggang \
    && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
    && echo 'gonggang:x:10001:10001::/:/nonexistent' > /out/etc/passwd \
    && echo 'gonggang:x:10001:' > /out/etc/group \
    && echo 'hosts: files dns' > /out/etc/nsswitch.conf && rm -rf target


FROM scratch AS remote
COPY --from=build /out /
ENV GONGGANG_LISTEN=0.0.0.0:5001
USER 10001:10001
EXPOSE 5001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["/gonggang", "healthcheck"]
ENTRYPOINT ["/gonggang"]
CMD ["serve"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="gonggang (remote WebDriver)" \
      org.opencontainers.image.description="Turns a shared Everytime timetable link into the hours it blocks and the hours it leaves free" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"


FROM debian:bookworm-slim AS service
# chromium-driver depends on all of Chromium and its desktop, but needs only the headless shell. Files for
# graphics cards, crash reports and serif fonts are removed. The link is for a chromedriver without a named
# browser, if this image is the remote end of the other one.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        chromium-headless-shell fontconfig fonts-noto-cjk libnss3-tools tini util-linux \
    && cd /tmp && apt-get download chromium-driver \
    && dpkg --force-depends --install chromium-driver_*.deb && rm chromium-driver_*.deb \
    && cd /usr/lib && rm -rf chromium/libVk* chromium/libvk_swiftshader.so \
        chromium/chrome_crashpad_handler chromium/chrome_200_percent.pak \
        *-linux-gnu/libLLVM* *-linux-gnu/libz3.so* *-linux-gnu/dri \
        /usr/share/fonts/opentype/noto/NotoSerifCJK* \
        /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
    && ! ldd chromium/chromium-headless-shell /usr/bin/chromedriver | grep 'not found' \
    && fc-cache -f \
    && ln -s /usr/lib/chromium/chromium-headless-shell /usr/local/bin/chromium \
    && groupadd --gid 10001 gonggang \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin gonggang
COPY --from=build /out/gonggang /usr/local/bin/gonggang
# The service writes below /tmp only, so the rest may be read-only.
ENV GONGGANG_LISTEN=0.0.0.0:5001 HOME=/tmp LANG=C.UTF-8
WORKDIR /tmp
USER 10001:10001
EXPOSE 5001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["gonggang", "healthcheck"]
ENTRYPOINT ["tini", "--", "gonggang"]
CMD ["serve"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="gonggang" \
      org.opencontainers.image.description="Turns a shared Everytime timetable link into the hours it blocks and the hours it leaves free" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
