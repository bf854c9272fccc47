"""Sessions are sealed from here on. Those from before, which could be read, are deleted: everybody signs in anew."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def delete_sessions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_one_form_of_addresses"), ("sessions", "0001_initial")]

    operations = [migrations.RunPython(delete_sessions, migrations.RunPython.noop)]
