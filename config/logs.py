"""What is logged. Logs and error reports never hold what people wrote: see common/reporting.py."""


def logging_settings(*, debug: bool) -> dict[str, object]:
    """Django's LOGGING: warnings and errors go to the standard error output, and with them the log of security events."""
    django_handlers = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"()": "common.reporting.FramesOnlyFormatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "django": {**django_handlers, "level": "WARNING"},
            "django.server": {**django_handlers, "level": "INFO" if debug else "WARNING"},
            "nightlight.security": {"level": "INFO"},  # docs/security-log.md
        },
    }
