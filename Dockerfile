# Vicino's services, each a container of this image with another command (docker-compose.yml).

# Styles, icons and scripts of the pages, from npm by the lock file.
FROM node:22.21-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --no-progress --loglevel=error
COPY dashboards/assets dashboards/assets
RUN node dashboards/assets/build.mjs

# The locked dependencies, each with its hash, and the project itself.
FROM python:3.13-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements-service.lock ./
RUN /venv/bin/pip install --require-hashes --requirement requirements-service.lock
COPY pyproject.toml README.md LICENSE ./
COPY alerts alerts
COPY analytics analytics
COPY cli cli
COPY core core
COPY dashboards dashboards
COPY devices devices
COPY embedded embedded
COPY gateway gateway
COPY ingest ingest
COPY registry registry
COPY simulator simulator
COPY --from=assets /app/dashboards/static/vendor dashboards/static/vendor
RUN /venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && /venv/bin/python -m compileall -q /app /venv

FROM python:3.13-slim-bookworm
# What makes PDFs looks for them. Debian keeps versions within a release: pinned ones would be gone with the next update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 vicino \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin vicino \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=packages /venv /venv
COPY --from=packages /app /app
# As `requirements.lock`: the doctor compares what is installed with it.
COPY requirements-service.lock /app/requirements.lock
# It is the name of a folder, not a secret.
# hadolint ignore=DL3064
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VICINO_DATA=/data \
    VICINO_SECRETS_DIR=/run/secrets \
    VICINO_LOG_FORMAT=json
WORKDIR /app
USER 10001:10001
VOLUME /data
# The services of docker-compose.yml have a check of their own; the command line needs none.
HEALTHCHECK NONE
CMD ["vicino", "--help"]
