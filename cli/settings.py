"""`vicino settings`: every setting of every service, as `docs/reference/settings.md` lists them."""

import importlib

from pydantic_core import PydanticUndefined

from core.settings import Settings

SERVICES = (
    "gateway",
    "gateway.edge",
    "ingest",
    "devices",
    "analytics",
    "alerts",
    "alerts.watchdog",
    "dashboards",
    "simulator",
)
# Read by the command line alone.
OF_COMMANDS = frozenset(
    {
        "VICINO_SECRETS_DIR",
        "VICINO_BROKER_ADMIN_URL",
        "VICINO_DATABASE_ADMIN_URL",
        "VICINO_DATA_DIR",
        "VICINO_SMS_HTTP_TEMPLATE",
    }
)
HEAD = """# Settings

Read from the environment, or from files in the folder that `VICINO_SECRETS_DIR` names. This page is what
`vicino settings` prints.
"""


def table(settings_class: type[Settings], known: set[str]) -> list[str]:
    """Return the rows of the settings that `settings_class` adds to those known already."""
    rows = ["| setting | what it is for | default |", "|---|---|---|"]
    for name, field in settings_class.model_fields.items():
        if name in known:
            continue
        if field.is_required():
            default = "must be set"
        elif field.default is PydanticUndefined:
            default = "made at start"
        else:
            value = field.default
            default = f"`{value.get_secret_value() if hasattr(value, 'get_secret_value') else value}`"
        rows.append(f"| `VICINO_{name.upper()}` | {field.description} | {default} |")
    return rows


def classes() -> list[type[Settings]]:
    """Return the settings of every service."""
    found: list[type[Settings]] = []
    for service in SERVICES:
        module = importlib.import_module(f"{service}.settings")
        found += [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Settings)]
    return found


def names() -> frozenset[str]:
    """Return the names of all settings, as the environment has them."""
    return OF_COMMANDS | {f"VICINO_{name.upper()}" for each in classes() for name in each.model_fields}


def page() -> str:
    """Return the whole page, in Markdown."""
    common = set(Settings.model_fields)
    parts = [HEAD, "## Every service\n", *table(Settings, set()), ""]
    for service in SERVICES:
        module = importlib.import_module(f"{service}.settings")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Settings) and value is not Settings:
                parts += [f"## {service}\n", *table(value, common), ""]
    return "\n".join(parts)


def show() -> None:
    """Print every setting of every service, in Markdown."""
    print(page())
