FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PORT=8000

WORKDIR /app
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin gymtastic

# First what changes rarely.
COPY requirements.txt .
RUN pip install -r requirements.txt

COPY . .
# What is said here serves nobody: it is needed to collect the files, and stays in no layer.
RUN DEBUG=false SECRET_KEY=to-collect-files-only ALLOWED_HOSTS=localhost \
    python manage.py collectstatic --noinput

USER gymtastic
EXPOSE 8000

# Asked by a name that it is served under, as everybody else is refused.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as ask; name = os.environ['ALLOWED_HOSTS'].split(',')[0].strip(' *.') or 'localhost'; ask.urlopen(ask.Request('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', headers={'Host': name}), timeout=4)"]

CMD ["gunicorn", "gymtastic.wsgi", "--workers", "4", "--threads", "4", "--worker-class", "gthread", "--no-control-socket"]
