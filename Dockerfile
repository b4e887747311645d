# studybot in a container. State is one SQLite file on the volume /data:
#   docker build -t studybot .
#   docker run -d --name studybot -e DISCORD_TOKEN=… -v studybot:/data studybot
# With lists of your own, from a folder that you go on editing:
#   docker run -d … -v ./lists:/lists:ro studybot run --catalog /lists
#
# The base image by its digest: the same bytes at each build. `docker buildx imagetools inspect python:3.13-slim` prints
# the digest of a newer one.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    DATABASE_URL=sqlite:////data/studybot.db

WORKDIR /app
COPY pyproject.toml README.md LICENSE catalog.yaml ./
COPY bot bot
RUN pip install '.[postgres]' \
    && useradd --system --user-group --uid 10001 --home-dir /data studybot \
    && install -d -o studybot -g studybot /data

# The bot needs no more than this: it writes nowhere but /data.
USER studybot
VOLUME /data

# Lists, not strings: the stop signal then reaches the bot itself and not a shell.
ENTRYPOINT ["studybot"]
CMD ["run", "--catalog", "/app/catalog.yaml"]
