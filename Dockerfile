# The locked packages are built once; the running image holds nothing but them and the code. `suite` is for CI only.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/feelprint && /opt/feelprint/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY core core
COPY storage storage
RUN /opt/feelprint/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM build AS suite
COPY requirements-dev.lock ./
RUN /opt/feelprint/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock
COPY . .
RUN useradd --uid 10001 --create-home feelprint && chown -R feelprint /src
USER feelprint
CMD ["/opt/feelprint/bin/python", "-m", "pytest", "-m", "not slow and not bench"]

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
# The model client trusts the operating system's certificates, which a slim image does not carry.
# The chart of /me is written in Chinese and Japanese with a font of the system.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home feelprint && install -d -o feelprint -m 0700 /data
COPY --from=build /opt/feelprint /opt/feelprint
USER feelprint
ENV FEELPRINT_DATABASE=/data/feelprint.db MPLCONFIGDIR=/tmp/matplotlib PYTHONUNBUFFERED=1
VOLUME /data
WORKDIR /data
# Well means: connected to Discord, able to write, the model answers, the tuning worker is at work (docs/watching.md).
HEALTHCHECK --interval=30s --timeout=15s --start-period=90s --retries=3 \
    CMD ["/opt/feelprint/bin/feelprint", "healthy", "--health", "9464"]
ENTRYPOINT ["/opt/feelprint/bin/feelprint"]
CMD ["run", "--health", "9464"]
