# One image, several commands: migrate, serve, worker, beat (see docker-compose.yml).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PELLUCID_DATA_DIR=/data

# /data exists with its owner in the image, because a new named volume takes both from there.
RUN useradd --uid 10001 --create-home pellucid && install --directory --owner=pellucid --mode=700 /data

WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY scorecards scorecards
COPY service service
COPY workers workers

# In the environment the constraints hold for the build backend too.
RUN PIP_CONSTRAINT=constraints.txt PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    pip install '.[postgres]' && rm -rf /app/*

# From a folder without our packages, so that the installed ones are imported.
WORKDIR /home/pellucid
USER pellucid
EXPOSE 8000
ENTRYPOINT ["pellucid"]
