# One image, several commands: `mediation api`, `mediation worker`, `mediation migrate`.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
RUN python -m venv /opt/mediation
COPY requirements-runtime.lock ./
RUN /opt/mediation/bin/pip install --require-hashes --requirement requirements-runtime.lock
COPY . .
RUN /opt/mediation/bin/pip install --no-build-isolation --no-deps .

FROM python:3.11.14-slim-bookworm
LABEL org.opencontainers.image.title="Direct Mediation" \
      org.opencontainers.image.licenses="EUPL-1.2"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mediation
COPY --from=build /opt/mediation /opt/mediation
ENV PATH=/opt/mediation/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /tmp
ENTRYPOINT ["mediation"]
CMD ["--help"]
