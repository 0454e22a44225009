# The bot and what it needs, nothing else: no compiler, no pip, no shell script, no embedded servers.
#   docker build -t saas-bot:0.1.0 .
# image/without-docker.sh builds the same from the same steps where no Docker engine runs; the tests use it.

FROM python:3.12-slim AS build
COPY image/build.sh image/requirements.txt /source/image/
COPY pyproject.toml /source/
COPY bot /source/bot
RUN /source/image/build.sh /opt/saas-bot python3

FROM python:3.12-slim
COPY --from=build /opt/saas-bot /opt/saas-bot
# The names that a library asks for when user 10001 has no entry in /etc/passwd; /tmp is the only folder to write to.
ENV PYTHONPATH=/opt/saas-bot/packages PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp LOGNAME=saas-bot
WORKDIR /opt/saas-bot
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["python3", "-m", "bot"]
CMD ["run"]
