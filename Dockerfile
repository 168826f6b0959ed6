# Gangway in one image: built in one stage, and without anything that builds in the other.
# To pin the base to what was tried, replace the tag with its digest.
ARG PYTHON=python:3.11-slim

FROM ${PYTHON} AS build
WORKDIR /build
COPY requirements/runtime.txt ./
# Wheels only, each with its hash: nothing is compiled, and nothing comes in that was not locked.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps \
      --only-binary=:all: --require-hashes -r runtime.txt \
 && /opt/venv/bin/python -m pip check \
 && /opt/venv/bin/python -m pip uninstall --yes --quiet pip setuptools

FROM ${PYTHON}
RUN python -m pip uninstall --yes --quiet pip setuptools wheel \
 && groupadd --gid 10001 gangway \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin gangway \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY app.yaml ./
COPY domain ./domain
COPY storage ./storage
COPY connectors ./connectors
COPY flows ./flows
COPY handlers ./handlers
COPY bot ./bot
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GANGWAY_HOME=/data \
    LISTEN=0.0.0.0:8730 \
    LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8730
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8730/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "bot"]
